// Canned `state` events, for unit tests and for the desk.

export const NOW = 1800000000000;

const agent = {
	state: 'FREE', since: NOW - 42000, reason: '', started: NOW - 11520000,
	leg: 'up', wrapup_until: null, page: 'p', mic: 'ok',
};

const call = {
	id: '019bd0a0-0000-7000-8000-000000000001', gen: 3, direction: 'in',
	state: 'TALK', role: 'owner', number: '+79624401122',
	queue: 'Горячая линия', waited: 38000, since: NOW - 75000,
	answered: NOW - 75000, muted: false, held: false, reconnect: false,
	card: null, recording: true, from: null, peer: null, emergency: null,
	history: [],
};

const spec = { extension: '2001', name: 'Петров С. И.' };

export function state(agentPart = {}, callPart = null) {
	return {
		otklik: 'event', event: 'state', seq: 5, now: NOW, boot: 1,
		user: { id: 7, name: 'Иванова А. П.', extension: '1001',
			phone: true, dial: true },
		agent: { ...agent, ...agentPart },
		call: callPart && { ...call, ...callPart },
	};
}

const talking = { state: 'TALKING' };

export const states = {
	inactive: state({ state: 'INACTIVE', leg: 'none', started: null }),
	free: state(),
	ring: state({ state: 'RINGING' }, { state: 'RING', answered: null,
		recording: true }),
	ringBack: state({ state: 'RINGING' }, { state: 'RING', answered: null,
		kind: 'callback', recording: false }),
	ringTransfer: state({ state: 'RINGING' }, { state: 'RING',
		role: 'target', from: spec, history: [
			{ at: NOW - 90000, kind: 'ENTERQUEUE', who: '' },
			{ at: NOW - 60000, kind: 'CONNECT', who: 'Петров С. И.' }] }),
	talk: state(talking, { card: 12 }),
	muted: state(talking, { muted: true }),
	hold: state(talking, { state: 'HOLD', held: true }),
	consultDial: state(talking, { state: 'CONSULT',
		peer: { ...spec, state: 'DIAL' } }),
	consult: state(talking, { state: 'CONSULT',
		peer: { ...spec, state: 'TALK' } }),
	advice: state(talking, { state: 'CONSULT', role: 'consulted',
		from: spec }),
	transfer: state(talking, { state: 'TRANSFER',
		peer: { ...spec, state: 'DIAL' } }),
	emergencyDial: state(talking, {
		emergency: { service: '112', state: 'DIAL' } }),
	emergency: state(talking, { state: 'CONFERENCE',
		emergency: { service: '112', state: 'TALK' } }),
	emergencyFailed: state(talking, {
		emergency: { service: '112', state: 'FAILED' } }),
	dial: state(talking, { state: 'DIAL', direction: 'out', queue: '',
		answered: null, recording: false, progress: 'RING', waited: 5000 }),
	out: state(talking, { direction: 'out', queue: '', progress: 'RING' }),
	ringInternal: state({ state: 'RINGING' }, { state: 'RING', role: 'peer',
		direction: 'int', number: '2001', queue: '', from: spec,
		answered: null }),
	internal: state(talking, { direction: 'int', number: '2001', queue: '',
		peer: { ...spec, state: 'TALK' } }),
	internalPeer: state(talking, { direction: 'int', role: 'peer',
		number: '2001', queue: '', from: spec }),
	wrapup: state({ state: 'WRAPUP', wrapup_until: NOW + 47000 },
		{ state: 'ENDED', recording: false }),
	break: state({ state: 'BREAK', reason: 'LUNCH' }),
	missed: state({ state: 'BREAK', reason: 'MISSED' }),
	reconnecting: state({ state: 'RECONNECTING', leg: 'lost' }),
	regain: state({ state: 'RECONNECTING', leg: 'lost' },
		{ reconnect: true }),
	elsewhere: state({ leg: 'elsewhere' }),
	micLost: state({ ...talking, mic: 'lost' }, {}),
	hidden: state({ state: 'RINGING' }, { state: 'RING', number: '' }),
};

export const people = [
	{ id: 7, extension: '1001', name: 'Иванова А. П.', org: 'ТФОМС',
		role: 'Оператор 1 уровня', state: 'FREE' },
	{ id: 8, extension: '1002', name: 'Смирнов О. Л.', org: 'ТФОМС',
		role: 'Оператор 1 уровня', state: 'TALKING' },
	{ id: 9, extension: '2001', name: 'Петров С. И.', org: 'ТФОМС',
		role: 'Оператор 2 уровня', state: 'FREE' },
	{ id: 10, extension: '2002', name: 'Алексеева Н. Ю.', org: 'ТФОМС',
		role: 'Оператор 2 уровня', state: 'BREAK' },
	{ id: 11, extension: '2101', name: 'Ёлкина Т. В.', org: 'СМО 26901',
		role: 'Страховой представитель 2 уровня', state: 'UNAVAILABLE' },
];
