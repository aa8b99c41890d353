-- Terms and approval of consultations, as the fund decides (DOMAIN 3.2, 3.5).
INSERT IGNORE INTO setting (name, value, about) VALUES
('appeal.auto_close_consultations', '0',
	'1: консультация закрывается без проверки администратором'),
('deadline.consultation_workdays', '0',
	'Срок консультации, рабочих дней; 0: срок темы');
