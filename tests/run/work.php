<?php
// Work for PHP: tables, strings, sorting, and modules that are loaded with symbols of their own.
$table = [];
for ($i = 0; $i < 60000; $i++) $table["k" . ($i * 7919 % 60000)] = str_repeat(chr(97 + $i % 26), $i % 120);
ksort($table);
echo count($table), " ", md5(serialize($table)), "\n";
$lines = array_map(fn($x) => $x * $x % 1009, range(1, 20000));
usort($lines, fn($a, $b) => $b <=> $a);
echo md5(json_encode(array_count_values($lines))), "\n";
echo strlen(preg_replace('/([aeiou])(\w)/', '$2$1$1', implode(" ", array_slice($table, 0, 5000)))), "\n";
$modules = get_loaded_extensions();
echo in_array("PDO", $modules) ? "PDO" : "no PDO", "\n";
