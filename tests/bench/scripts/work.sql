-- A fixed workload for sqlite3, in memory: inserts, indexes, joins, text functions, JSON, windows,
-- triggers. No random(): rows come from a linear congruence; :rows is their number.
PRAGMA journal_mode = OFF;
CREATE TABLE draw (i INTEGER PRIMARY KEY, v INTEGER);
INSERT INTO draw
  WITH RECURSIVE d (i, v) AS (
    SELECT 1, 12345
    UNION ALL
    SELECT i + 1, (v * 1103515245 + 12345) % 2147483648 FROM d WHERE i < :rows)
  SELECT i, v / 64 FROM d;
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, city INTEGER, notes TEXT);
INSERT INTO person
  SELECT i, 'name ' || v, v % 500,
    substr('the quick brown fox jumps over the lazy dog', v % 30, 10 + v % 11)
  FROM draw;
CREATE INDEX person_name ON person (name);
CREATE INDEX person_city ON person (city, notes);
CREATE TABLE payment (id INTEGER PRIMARY KEY, person INTEGER, cents INTEGER, kind TEXT);
CREATE TABLE ledger (kind TEXT PRIMARY KEY, cents INTEGER) WITHOUT ROWID;
CREATE TRIGGER payment_ledger AFTER INSERT ON payment BEGIN
  INSERT INTO ledger VALUES (new.kind, new.cents)
    ON CONFLICT (kind) DO UPDATE SET cents = cents + new.cents;
END;
INSERT INTO payment (person, cents, kind)
  SELECT v % :rows + 1, v % 10007, 'kind' || (v % 41) FROM draw;
SELECT kind, cents FROM ledger ORDER BY cents DESC LIMIT 5;
SELECT city, count(*), sum(cents), group_concat(DISTINCT kind)
  FROM person JOIN payment ON payment.person = person.id GROUP BY city ORDER BY 3 DESC LIMIT 10;
SELECT count(*), sum(length(j)) FROM (
  SELECT json_object('id', id, 'name', name, 'notes', json_array(notes, city)) AS j FROM person);
SELECT sum(json_extract(j, '$.city')) FROM (
  SELECT json_object('name', name, 'city', city) AS j FROM person WHERE id % 3 = 0);
SELECT max(running) FROM (
  SELECT sum(cents) OVER (PARTITION BY kind ORDER BY id ROWS 50 PRECEDING) AS running FROM payment);
SELECT count(*) FROM person WHERE upper(notes) LIKE '%FOX%' AND replace(name, '1', 'one') <> name;
UPDATE person SET notes = notes || ' ' || city WHERE id % 2 = 0;
DELETE FROM person WHERE city % 5 = 0;
SELECT count(*), sum(length(notes)), min(name), max(name) FROM person;
SELECT count(DISTINCT substr(name, 1, 8)) FROM person;
