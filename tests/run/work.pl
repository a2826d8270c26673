# Work for perl: hashes, strings that grow, sorting, patterns, closures, threads.
use strict;
use warnings;
use threads;

my $state = 12345;
sub next_number { $state = ($state * 1103515245 + 12345) % 2147483648; return $state }

my %count;
my @lines;
for my $i (1 .. 60000) {
    my $word = join '', map { chr(97 + next_number() % 26) } 1 .. 1 + next_number() % 9;
    $count{substr $word, 0, 3}++;
    push @lines, "$i:$word" if $i % 3 == 0;
}
printf "%d keys, %d lines\n", scalar keys %count, scalar @lines;
my @top = (sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count)[0 .. 9];
print join(' ', map { "$_=$count{$_}" } @top), "\n";
my $text = join "\n", sort { (split /:/, $a)[1] cmp (split /:/, $b)[1] } @lines;
my $vowels = () = $text =~ /[aeiou]+/g;
(my $changed = $text) =~ s/(\d+):(\w)(\w*)/($3 . $2) x 2/ge;
printf "%d bytes, %d runs of vowels, %d bytes, checksum %d\n", length $text, $vowels,
    length $changed, unpack('%32C*', $changed);

my @closures = map { my $n = $_; sub { return [$n, map { $_ * $n } @_] } } 1 .. 5000;
my $sum = 0;
$sum += $_->(1, 2, 3)->[3] for @closures;
print "closures $sum\n";

my $tree;
sub insert { my ($t, $k) = @_; return $t ? ($k < $t->{k} ? ($t->{l} = insert($t->{l}, $k)) :
    ($t->{r} = insert($t->{r}, $k)), $t)[1] : { k => $k } }
$tree = insert($tree, next_number()) for 1 .. 8000;
sub depth { my $t = shift; return 0 unless $t; my ($l, $r) = (depth($t->{l}), depth($t->{r}));
    return 1 + ($l > $r ? $l : $r) }
print "tree ", depth($tree), "\n";

my @threads = map { my $n = $_; threads->create(sub {
    my %h;
    $h{$_ * $n % 7919} .= "x$_" for 1 .. 20000;
    my $length = 0;
    $length += length for values %h;
    return "$n:" . keys(%h) . ":$length";
}) } 1 .. 4;
print join(' ', map { $_->join } @threads), "\n";
