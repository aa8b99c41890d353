<?php
// The journal's page in PHP: what cgi/page_journal.c does, with the very
// statements of that page (queries.php), texts and template of the product
// (texts.php, page.php); written as PHP would be, with persistent connections
// and nothing read twice. Answers for an operator of the first level.

declare(strict_types=1);
error_reporting(E_ALL);

const ROLES = [ 'OPERATOR_L1' => 'Оператор 1 уровня' ];
const MAY = [ 'OPERATOR_L1' => [ 'Phone', 'Journal', 'Persons', 'Register',
	'Directory', 'Calls', 'Report', 'Propose' ] ];
const STATES = [ 'DRAFT', 'IN_PROGRESS', 'DEFERRED', 'UNDER_REVIEW' ];
const TABS = [ 'MINE', 'DEFERRED', 'RETURNED', 'SOON', 'OVERDUE' ];

$Q = require 'queries.php';
$D = [ 'Lang' => require 'texts.php' ];
$lang = &$D['Lang'];
$zone = new DateTimeZone('Europe/Moscow');
$utc = new DateTimeZone('UTC');
$now = new DateTimeImmutable('now', $zone);
$today = $now->format('Y-m-d');

$db = new PDO('mysql:unix_socket=' . $_SERVER['DB_SOCKET'] . ';dbname=otklik',
	'web', $_SERVER['DB_PASSWORD'], [
	PDO::ATTR_PERSISTENT => true,
	PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_NUM,
	PDO::MYSQL_ATTR_INIT_COMMAND => $Q['connect'],
]);

function shown(string $phone): string
{
	return strlen($phone) === 12 ? sprintf('%s (%s) %s-%s-%s',
		substr($phone, 0, 2), substr($phone, 2, 3), substr($phone, 5, 3),
		substr($phone, 8, 2), substr($phone, 10, 2)) : $phone;
}

// ---- who asks

$ask = $db->prepare($Q['session']);
$ask->execute([ hash_hmac('sha256', $_COOKIE['otklik_session'] ?? '',
	hex2bin($_SERVER['SESSION_KEY']), true),
	(new DateTimeImmutable('-12 hours', $utc))->format('Y-m-d H:i:s') ]);
$user = $ask->fetch();
if (!$user) {
	http_response_code(303);
	header('Location: /login');
	exit;
}
[ $id, $csrf, , , $surname, $given, $patronymic, $extension, , , $org, $role ] =
	$user;
$db->query(str_replace('%now', (new DateTimeImmutable('now', $utc))
	->format('Y-m-d H:i:s.v') . '000', $Q['access']));

// ---- tabs

[ $unassigned ] = $db->query($Q['take'])->fetch();
$counts = $db->query($Q['counts'])->fetch();
[ $counts[0] ] = $db->query($Q['mine'])->fetch();
foreach (TABS as $i => $code)
	$D['Tabs'][] = [ 'Code' => $code, 'Query' => "status=$code",
		'Name' => $lang['Journal']["Tab_$code"],
		'Count' => (string)($counts[$i] ?? 0) ];
$D['Tab'] = [ 'May' => '1', 'Count' => (string)$unassigned ];

// ---- rows

$types = array_column($lang['Types'], 'Name', 'Code');
$statuses = array_column($lang['Statuses'], 'Name', 'Code');
$ids = [];
$rows = $db->query($Q['list'])->fetchAll();
$more = count($rows) > 50;
foreach (array_slice($rows, 0, 50) as $r) {
	[ $appeal, $number, $status, $type, $theme, $last, $first, $middle, $phone,
		$due, $result, $assignee, $s1, $s2, $s3, $at, $origin, $key ] = $r;
	$mark = [];
	if (in_array($status, STATES, true)) {
		if ($due !== null && $due < $today)
			$mark = [ 'Status.Row' => 'row-overdue',
				'Status.Badge' => 'text-bg-danger',
				'Status.Mark' => $lang['Journal']['Overdue'] ];
		elseif (!$result)
			$mark = [ 'Status.Row' => 'row-no-result',
				'Status.Badge' => 'text-bg-warning',
				'Status.Mark' => $lang['Journal']['NoResult'] ];
	}
	$kind = $types[$type] ?? (string)$type;
	if ((string)$type === '' && $origin !== 'CARD')
		$kind = $lang['Origin'][$origin] ?? '';
	$mine = $assignee === $id &&
		($status === 'IN_PROGRESS' || $status === 'DEFERRED');
	$when = new DateTimeImmutable($key, $utc);
	$D['Rows'][] = $mark + [
		'Id' => (string)$appeal,
		'Number' => $number ?? $lang['Journal']['Draft'],
		'Fio' => "$last$first" === '' ? $lang['Journal']['Anonymous'] :
			"$last $first $middle",
		'Phone' => $phone ? shown($phone) : '',
		'Phone.Dial' => (string)$phone,
		'Date' => (new DateTimeImmutable($at, $utc))->setTimezone($zone)
			->format('d.m.Y H:i'),
		'Date.Ms' => $when->format('Uv'),
		'Type' => $kind,
		'Type.Theme' => (string)$theme,
		'Status' => $statuses[$status] ?? $status,
		'Due' => $due === null ? '' : substr($due, 8, 2) . '.' .
			substr($due, 5, 2) . '.' . substr($due, 0, 4),
		'Assignee' => initials((string)$s1, (string)$s2, (string)$s3),
		'May' => $mine || $status === 'DRAFT' ? 'edit' : '',
	];
	$ids[] = $appeal;
	$after = $when->format('Uv') . "-$appeal";
}
if ($more)
	$D['Pager'] = [ 'Next' => "after=$after", 'After' => $after ];
$index = array_flip($ids);
foreach ($db->query(str_replace('%ids', implode(',', $ids), $Q['recordings']))
	as $r)
	$D['Rows'][$index[$r[9]]]['Rec'][] = [ 'Id' => $r[2], 'Kind' => $r[4] ];
[ $notices ] = $db->query($Q['notices'])->fetch();

// ---- the frame

function initials(string $surname, string $given, string $patronymic): string
{
	$out = $surname;
	foreach ([ $given, $patronymic ] as $i => $name)
		if (preg_match('/^./u', $name, $m))
			$out .= " $m[0].";
	return $out;
}

$D += [ 'Csrf' => $csrf, 'LangCode' => 'ru', 'Zone' => 'Europe/Moscow',
	'Theme' => [ 'Now' => 'light', 'Choice' => 'auto' ],
	'May' => array_fill_keys(MAY[$role], '1'),
	'User' => [ 'Id' => (string)$id, 'Name' => "$surname $given $patronymic",
		'ShortName' => initials($surname, $given, $patronymic),
		'Role' => ROLES[$role], 'Org' => $org, 'Extension' => $extension,
		'Notices' => (string)$notices ] ];
header('Cache-Control: no-store');
require 'page.php';
