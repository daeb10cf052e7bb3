-- The last mail to a closed account is caused by no request that has a language.
ALTER TABLE users ADD COLUMN delete_language TEXT; -- the code of the language in which the account was closed
