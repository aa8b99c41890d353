-- Our own certificate for TLS of the lines is a notice of its own.

ALTER TABLE shift_alert
	MODIFY kind VARCHAR(16) NOT NULL
		COMMENT 'EMERGENCY, THREAT, OPERATOR_UNWELL (K-5.1.8.10), LONG_WAIT, FRAUD, TRUNK, CERTIFICATE (ours, for TLS)';
