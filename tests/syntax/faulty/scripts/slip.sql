-- A word is misspelt, as no line of the command says.
INSERT INTO TABLE b.t
SELECT `id` FROM a.t WHER `id` > 1;
