#!/bin/sh
# Work for git in an empty directory: commits, branches, a merge, history, repacking with threads.
set -e
export HOME="$PWD" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org \
    GIT_COMMITTER_NAME=c GIT_COMMITTER_EMAIL=c@example.org \
    GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
git -c init.defaultBranch=main init -q repository
cd repository
git config gc.autoDetach false
git config pack.threads 2
git config core.commitGraph true
for n in 1 2 3 4 5 6 7 8; do
    for f in 1 2 3 4 5 6 7 8 9 10 11 12; do
        mkdir -p "directory$f"
        i=0
        while [ $i -lt 60 ]; do
            i=$((i + 1))
            echo "line $i of file $f, $((i * f * n % 101))"
        done >"directory$f/file$n.txt"
        cat "directory$f"/*.txt >"directory$f/all"
    done
    git add -A
    git commit -q -m "commit $n"
done
git checkout -q -b side HEAD~3
echo side >side.txt
git add side.txt
git commit -q -m 'on the side'
git checkout -q main
git merge -q -m 'merge' side
git log --graph --stat --format='%H %s'
git log -p | cksum
git diff HEAD~5 --stat
git grep -c '42' HEAD | head -n 20
git blame directory3/all | cksum
git gc -q --aggressive
git fsck --full --strict
git rev-parse HEAD
git cat-file --batch-check --batch-all-objects --unordered | LC_ALL=C sort | cksum
git archive HEAD | cksum
git clone -q --no-local . ../copy
git -C ../copy rev-parse HEAD
