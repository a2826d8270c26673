-- Work for sqlite3: a database in memory, with indexes, joins, text, blobs and triggers.
PRAGMA cache_size = -40000;
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, kind INTEGER, note BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 80000)
INSERT INTO item SELECT i, 'item-' || (i * 7919 % 100003), (i * 37 % 10007) / 10.0, i % 97,
    zeroblob(i % 300) FROM n;
CREATE INDEX item_name ON item(name);
CREATE INDEX item_kind ON item(kind, price);
CREATE TABLE log(what TEXT, n INTEGER);
CREATE TRIGGER item_gone AFTER DELETE ON item BEGIN
    INSERT INTO log VALUES('gone ' || old.name, length(old.note));
END;
SELECT count(*), sum(price), max(name) FROM item;
SELECT kind, count(*), round(avg(price), 3), group_concat(substr(name, 6), '.')
    FROM item WHERE id < 3000 GROUP BY kind ORDER BY kind LIMIT 20;
SELECT a.name, b.name FROM item a JOIN item b ON a.kind = b.kind AND a.price = b.price AND a.id < b.id
    ORDER BY a.name, b.name LIMIT 30;
DELETE FROM item WHERE id % 11 = 3;
SELECT count(*), sum(n) FROM log;
UPDATE item SET name = upper(name) || printf('%08d', id) WHERE kind IN (3, 14, 15, 92, 65);
SELECT name FROM item WHERE name LIKE 'ITEM-9%' ORDER BY name LIMIT 20;
WITH RECURSIVE t(depth, path) AS (
    SELECT 0, 'r' UNION ALL SELECT depth + 1, path || '/' || (depth * 31 % 7) FROM t WHERE depth < 500)
SELECT depth, length(path), substr(path, -20) FROM t WHERE depth % 50 = 0;
SELECT json_group_array(json_object('id', id, 'name', name)) FROM (SELECT * FROM item LIMIT 300);
SELECT hex(group_concat(name)) = hex(group_concat(name)) FROM item WHERE kind = 5;
VACUUM;
PRAGMA integrity_check;
