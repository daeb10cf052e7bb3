-- No request that has a language causes the last mail to a closed account.
ALTER TABLE users ADD COLUMN delete_language TEXT; -- the code of the language in which the account was closed

-- Each sign-up, and each use of a link to a new address, asks whether an account can get the address back.
CREATE INDEX links_by_address ON links (email_key);
