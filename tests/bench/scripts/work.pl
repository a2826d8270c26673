# A fixed program for perl: hashes of arrays, strings, regular expressions, sorting. The argument is
# the number of rounds.
use strict;
use warnings;
use integer;

my $state = 1;

sub draw {
    $state = ($state * 1103515245 + 12345) & 0x7fffffff;
    return $state >> 4;
}

sub index_of_lines {
    my ($lines) = @_;
    my %index;
    for my $i (0 .. $#$lines) {
        for my $word (split / /, $lines->[$i]) {
            push @{ $index{$word} }, $i;
        }
    }
    return \%index;
}

sub text {
    my ($count) = @_;
    my @lines;
    for (1 .. $count) {
        push @lines, join ' ', map { 'w' . (draw() % 4000) } 1 .. 8;
    }
    return \@lines;
}

my $rounds = shift;
my $total  = 0;
for my $round (1 .. $rounds) {
    my $lines = text(2500);
    my $index = index_of_lines($lines);
    for my $word (sort { @{ $index->{$b} } <=> @{ $index->{$a} } || $a cmp $b } keys %$index) {
        $total += @{ $index->{$word} } * $index->{$word}[-1];
    }
    for my $line (@$lines) {
        (my $changed = $line) =~ s/w(\d+)/<$1>/g;
        $total += length $changed;
        $total += () = $changed =~ /<\d*7>/g;
    }
}
print "perl $rounds $total\n";
