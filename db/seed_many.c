/*
 * seed_many.c - appeals by the hundred thousand for the benches: five years of
 * an archive, the same for a seed number and a day. The rows alone: no calls
 * and no history, which would have to be sealed.
 */
#include "db/migrate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/db.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

enum { CHUNK = 20000 };

/* Who wrote them all: former employees, who cannot sign in. */
static const char staff[] =
    "INSERT IGNORE INTO user_account (login, password_hash, surname,"
    " given_name, patronymic, organization_id, blocked)"
    " SELECT CONCAT('past', n.seq), '', p.surname, p.given_name, p.patronymic,"
    " IF(n.seq % 5, (SELECT MIN(id) FROM organization WHERE kind = 'FUND'),"
    "  (SELECT id FROM organization WHERE kind = 'INSURER' ORDER BY id"
    "  LIMIT 1) + n.seq % 3), 1"
    " FROM seq_1_to_190 n JOIN insured_person p ON p.id = n.seq * 37;"
    "CREATE OR REPLACE TEMPORARY TABLE many_staff (n INT UNSIGNED PRIMARY KEY,"
    " id INT UNSIGNED, org INT UNSIGNED) SELECT ROW_NUMBER() OVER"
    " (ORDER BY id) - 1 AS n, id, organization_id AS org FROM user_account"
    " WHERE login LIKE 'past%';"
    "CREATE OR REPLACE TEMPORARY TABLE many_theme (n INT UNSIGNED PRIMARY KEY,"
    " code VARCHAR(12), type VARCHAR(20), name VARCHAR(300),"
    " mo INT, days INT) SELECT ROW_NUMBER() OVER (PARTITION BY type"
    "  ORDER BY code) - 1 + 1000 * CAST(type AS UNSIGNED) AS n, code, type,"
    "  name, mo_required AS mo, due_days AS days FROM theme;"
    "CREATE OR REPLACE TEMPORARY TABLE many_mo (n INT UNSIGNED PRIMARY KEY,"
    " id INT UNSIGNED, name VARCHAR(160), town VARCHAR(120))"
    " SELECT ROW_NUMBER() OVER (ORDER BY id) - 1 AS n, id,"
    " short_name AS name, town FROM organization WHERE kind = 'MO'";

/* h(x): a number of the row and the letter, 0 … 2^32 - 1; many small values
 * of s(x, n) and few great ones, below n */
#define H(x) "CRC32(CONCAT(r.seq, '" x "', @seed))"
#define S(x, n) \
	"CAST(FLOOR(POW(" H(x) " / 4294967296, 2.5) * " n ") AS UNSIGNED)"

/* Types as of a hotline: 62 % consultations, 20 % complaints … */
#define TYPE                                                              \
	"(CASE WHEN " H("t") " %% 100 < 62 THEN 2 WHEN " H(               \
	    "t") " %% 100 < 82 THEN 1 WHEN " H("t") " %% 100 < 92 THEN 3" \
						    " WHEN " H(           \
							"t") " %% 100 < 97 THEN 5 ELSE 4 END)"

static const char row[] =
    "INSERT INTO appeal (number, status, type, theme_code, form, channel,"
    " description, surname, given_name, patronymic, birth_date, phone, enp,"
    " insurer_id, person_id, mo_id, author_id, assignee_id, organization_id,"
    " result_code, measures, due_date, returns, registered_at, closed_at,"
    " created_at, updated_at)"
    " SELECT CONCAT('26-', DATE_FORMAT(x.at, '%%y'), '-', 100000 + x.seq),"
    " x.status, x.type, x.code, x.form,"
    " IF(x.form = 'Письменная', ELT(1 + x.c %% 4, 'LETTER', 'POST',"
    "  'INTERNET', 'EMAIL'), IF(x.c %% 40, 'HOTLINE', 'VISIT')),"
    " CONCAT(ELT(1 + x.d %% 12, 'Заявитель сообщает', 'Гражданка спрашивает',"
    "  'Обратилась мать ребёнка', 'Пенсионер недоволен', 'Просит разъяснить',"
    "  'Жалуется на отказ', 'Звонит повторно', 'Сын застрахованной просит',"
    "  'Инвалид второй группы сообщает', 'Беременная женщина спрашивает',"
    "  'Студент уточняет', 'Родственник пациента возмущён'), ': ',"
    "  x.theme, '. ', ELT(1 + x.e %% 14, 'Врач терапевт не принял по записи',"
    "  'В регистратуре отказали в талоне', 'Ждали скорую помощь два часа',"
    "  'Назначена магнитно-резонансная томография', 'Лекарство не выдали',"
    "  'Операция перенесена на месяц', 'Анализы потеряны лабораторией',"
    "  'Предложили платный приём хирурга', 'Нужна справка о полисе',"
    "  'Прививку сделали без согласия', 'Стоматолог потребовал доплату',"
    "  'Протезирование зубов за деньги', 'Не работает запись через портал',"
    "  'Кардиолог принимает только утром'), ', ',"
    "  x.mo_name, ', ', x.town, '. ', ELT(1 + x.f %% 10, 'Просит перезвонить.',"
    "  'Документы приложены.', 'Ответ нужен письменно.', 'Угрожает судом.',"
    "  'Благодарит за помощь.', 'Просит наказать виновных.',"
    "  'Ранее обращался к главному врачу.', 'Чек сохранился.',"
    "  'Направление выдано.', 'Просит ускорить.'), ' Квитанция ', x.f %% 99991),"
    " p.surname, p.given_name, p.patronymic, p.birth_date,"
    " COALESCE(p.phone, ''), p.enp,"
    " p.insurer_id, p.id, IF(x.mo, x.mo_id, NULL), w.id, s.id,"
    " IF(x.e %% 50, s.org, w.org), IF(x.status = 'CLOSED', IF(x.type ="
    "  'Консультация', 'CONSULTED', 'REVIEWED'), NULL), IF(x.status ="
    "  'CLOSED', 'Даны разъяснения.', NULL),"
    " IF(x.days, DATE(x.at) + INTERVAL x.days DAY, NULL), x.c %% 17 = 0,"
    " x.at, IF(x.status = 'CLOSED', x.at + INTERVAL x.c %% 20 DAY, NULL),"
    " x.at, x.at"
    " FROM (SELECT r.seq, t.code, t.type, t.name AS theme, t.mo, t.days,"
    "  m.id AS mo_id, m.name AS mo_name, m.town,"
    "  @from + INTERVAL FLOOR(r.seq * @step + " H(
	"i") " %% 600) SECOND AS at,"
	     "  " H("c") " AS c, " H("d") " AS d, " H("e") " AS e, " H(
		 "f") " AS f,"
		      "  IF(t.type = 'Консультация' OR " H(
			  "g") " %% 100 >= 35, 'Устная',"
			       "   'Письменная') AS form,"
			       "  CASE WHEN r.seq < @n * 0.97 THEN IF(" H(
				   "k") " %% 200, 'CLOSED',"
					"    ELT(1 + " H(
					    "l") " %% 2, 'DELETED', 'IN_PROGRESS'))"
						 "   ELSE ELT(1 + " H(
						     "l") " %% 10, 'IN_PROGRESS', 'IN_PROGRESS',"
							  "    'IN_PROGRESS', 'DEFERRED', 'UNDER_REVIEW', 'CLOSED', 'CLOSED',"
							  "    'CLOSED', 'CLOSED', 'CLOSED') END AS status,"
							  "  " S("w", "190") " AS w, " S(
							      "s",
							      "190") " AS s,"
								     "  1 + " H(
									 "p") " %% @people AS person"
									      "  FROM seq_%u_to_%u r"
									      "  JOIN many_theme t ON t.n = CAST(1000 * " TYPE
									      " + FLOOR(POW(" H(
										  "h") " / 4294967296, 2) * ELT(" TYPE
										       ", @n1, @n2, @n3, @n4, @n5))"
										       "   AS UNSIGNED)"
										       "  JOIN many_mo m ON m.n = " S(
											   "m",
											   "@mo") ") x"
												  " JOIN insured_person p ON p.id = x.person"
												  " JOIN many_staff w ON w.n = x.w JOIN many_staff s"
												  "  ON s.n = IF(x.w %% 7, x.w, x.s) ORDER BY x.seq";

static const char facts[] =
    "SET @people = (SELECT MAX(id) FROM insured_person),"
    " @mo = (SELECT COUNT(*) FROM many_mo),"
    " @n1 = (SELECT COUNT(*) FROM many_theme WHERE n DIV 1000 = 1),"
    " @n2 = (SELECT COUNT(*) FROM many_theme WHERE n DIV 1000 = 2),"
    " @n3 = (SELECT COUNT(*) FROM many_theme WHERE n DIV 1000 = 3),"
    " @n4 = (SELECT COUNT(*) FROM many_theme WHERE n DIV 1000 = 4),"
    " @n5 = (SELECT COUNT(*) FROM many_theme WHERE n DIV 1000 = 5),"
    " @seed = %llu, @n = %u, @from = CURDATE() - INTERVAL 5 YEAR,"
    " @step = 157680000 / %u";

/* New cards go on after the numbers given out here. */
static const char serial[] =
    "INSERT INTO appeal_serial (year, last) VALUES (YEAR(CURDATE()), %u)"
    " ON DUPLICATE KEY UPDATE last = GREATEST(last, %u)";

/* As otklik-jobs does it, all at once. */
static const char fold[] =
    "SET @last = (SELECT MAX(id) FROM journal_sum);"
    "INSERT INTO journal_sum (organization_id, kind, due_date, n)"
    " SELECT organization_id, kind, due_date, SUM(n) FROM journal_sum"
    " WHERE id <= @last GROUP BY 1, 2, 3 HAVING SUM(n) <> 0;"
    "DELETE FROM journal_sum WHERE id <= @last";

/* Rows are numbered from 1; those that are there already are left alone. */
int seed_many(struct db *db, uint64_t seed, unsigned n)
{
	static char sql[sizeof(row) + 64];
	uint64_t have = 0;
	unsigned which;
	int err;

	err = db_number(db,
			"SELECT COALESCE(MAX(CAST(SUBSTRING_INDEX(number, '-',"
			" -1) AS UNSIGNED)), 0) FROM appeal"
			" WHERE number RLIKE '-[0-9]{6,}$' AND"
			" SUBSTRING_INDEX(number, '-', -1) + 0 > 100000",
			NULL, 0, &have);
	have = have > 100000 ? have - 100000 : 0;
	if (!err)
		err = db_script(db, staff, &which);
	snprintf(sql, sizeof(sql), facts, (unsigned long long)seed, n, n);
	if (!err)
		err = db_script(db, sql, &which);
	for (unsigned i = (unsigned)have + 1; !err && i <= n; i += CHUNK) {
		unsigned last = i + CHUNK - 1 < n ? i + CHUNK - 1 : n;

		snprintf(sql, sizeof(sql), row, i, last);
		err = db_script(db, sql, &which);
	}
	snprintf(sql, sizeof(sql), serial, 100000 + n, 100000 + n);
	if (!err)
		err = db_script(db, sql, &which);
	if (!err)
		err = db_script(db, fold, &which);
	if (!err)
		err = db_script(db, "ANALYZE TABLE appeal", &which);
	return err ? complain(db, "appeals", err) : 0;
}
