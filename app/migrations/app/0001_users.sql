-- Columns of your own. The core's come first: see migrations/core. Give each a DEFAULT, for the users who are there already.
ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';
