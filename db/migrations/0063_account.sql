-- An account begins without a password: one is given out in the same step.
ALTER TABLE user_account MODIFY password_hash VARCHAR(128) NOT NULL DEFAULT ''
	COMMENT 'Argon2id string of libsodium; empty: nobody can sign in';
