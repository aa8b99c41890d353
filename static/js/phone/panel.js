// panel.js - what the telephone shows, as a pure function of what is known.
//
// facts: { link, server, message, quality, mic, lines } - see empty() below.
// phase(facts) names the situation; ON says which control works in which
// phase; view(facts, now) gives the whole panel: texts, shown parts, enabled
// controls. Nothing here touches the page, the clock or the network.

import { clock, duration, fill, left, phone } from './format.js';

export function empty() {
	return {
		link: 'CONNECTING', // UP, LOST, CLOSED
		elsewhere: false,   // another tab or computer has the telephone
		server: null,       // the last `state` event
		offset: 0,          // server clock minus ours, ms
		message: null,      // { code, text, kind }: danger, warning, info
		mic: null,          // why there is none here: M03, M03a, M03b
		quality: null,      // { level, loss, jitter, rtt, mos }
		starting: false,    // «Начало работы» pressed, leg not yet up
		digits: '',         // what the keypad has sent
	};
}

export function reduce(facts, event) {
	switch (event.type) {
	case 'state': {
		const before = facts.server?.call?.id;
		const { agent, call } = event.state;
		const over = { // what the news make untrue
			M03: agent.mic === 'ok', M15: !talking(call),
		};

		return {
			...facts,
			server: event.state,
			message: over[facts.message?.code] ? null : facts.message,
			offset: event.state.now - event.at,
			digits: call?.id === before ? facts.digits : '',
			quality: talking(call) ? facts.quality : null,
		};
	}
	case 'link':
		return { ...facts, link: event.link };
	case 'elsewhere':
		return { ...facts, elsewhere: event.elsewhere };
	case 'mic':
		return { ...facts, mic: event.code };
	case 'message':
		return { ...facts, message: event.message };
	case 'clear': // only the message that is meant
		return !event.code || facts.message?.code === event.code
			? { ...facts, message: null } : facts;
	case 'quality':
		return { ...facts, quality: event.quality };
	case 'starting':
		return { ...facts, starting: event.starting };
	case 'digits':
		return { ...facts, digits: (facts.digits + event.digits).slice(-32) };
	default:
		return facts;
	}
}

export function talking(call) {
	return !!call && call.state !== 'RING' && call.state !== 'ENDED';
}

export function phase({ link, elsewhere, server }) {
	const { agent, call } = server ?? {};

	if (link === 'CLOSED')
		return link;
	if (elsewhere || agent?.leg === 'elsewhere')
		return 'ELSEWHERE';
	if (!agent)
		return 'OFF';
	if (agent.state === 'RECONNECTING')
		return call && call.state !== 'ENDED' ? 'REGAIN' : 'RECONNECTING';
	if (!call || call.state === 'ENDED')
		return agent.state; // INACTIVE FREE WRAPUP BREAK, or on the way
	if (call.role === 'consulted' && call.state !== 'RING')
		return 'ADVICE'; // a colleague asks us; the citizen is his
	return call.state;       // RING TALK HOLD CONSULT CONFERENCE TRANSFER
}

// The one table: which control works in which phase.
export const ON = {
	start: 'INACTIVE RECONNECTING REGAIN FREE BREAK WRAPUP RING RINGING ' +
		'TALKING TALK HOLD CONSULT CONFERENCE TRANSFER ADVICE DIAL',
	break: 'FREE TALK HOLD CONSULT CONFERENCE ADVICE WRAPUP',
	resume: 'BREAK',
	finish: 'FREE BREAK WRAPUP RECONNECTING REGAIN ' +
		'TALK HOLD CONSULT CONFERENCE TRANSFER ADVICE DIAL',
	takeover: 'ELSEWHERE',
	answer: 'RING',
	reject: 'RING',
	take: 'RING',
	hangup: 'TALK HOLD CONSULT CONFERENCE TRANSFER ADVICE DIAL',
	hold: 'TALK',
	unhold: 'HOLD',
	mute: 'TALK HOLD CONSULT CONFERENCE ADVICE',
	transfer: 'TALK HOLD',
	consult: 'TALK HOLD',
	complete: 'CONSULT',
	back: 'CONSULT TRANSFER',
	emergency: 'TALK HOLD CONSULT CONFERENCE TRANSFER',
	leave: 'CONFERENCE',
	raise: 'FREE BREAK WRAPUP RING DIAL TALK HOLD CONSULT CONFERENCE ' +
		'TRANSFER ADVICE REGAIN',
	dtmf: 'TALK CONFERENCE',
	ready: 'WRAPUP',
	extend: 'WRAPUP',
	nontarget: 'WRAPUP',
	dial: 'FREE BREAK WRAPUP',
};

const on = Object.fromEntries(
	Object.entries(ON).map(([k, v]) => [k, new Set(v.split(' '))]));

// May this control be used now?
export function can(facts, control) {
	if (control === 'takeover')
		return on.takeover.has(phase(facts));
	if (facts.link !== 'UP' || !on[control].has(phase(facts)))
		return false;
	const { agent, call, user } = facts.server;

	switch (control) {
	case 'start': // again, where there is no microphone in mid-shift
		return !facts.starting && user.phone && (!!facts.mic ||
			agent.mic === 'lost' || phase(facts) === 'INACTIVE');
	case 'take': // a place without a call: work, not a talk
		return call.kind === 'callback';
	case 'dial':
		return !!user.dial; // by the role
	case 'hold':
	case 'unhold':
	case 'dtmf': // a colleague who was called has only his own voice
		return call.direction !== 'int' ||
			(control !== 'dtmf' && call.role === 'owner');
	case 'complete':
		return !!call.peer;
	case 'emergency': // one service at a time
		return call.direction !== 'int' &&
			(!call.emergency || call.emergency.state === 'FAILED');
	case 'transfer':
	case 'consult':
		return call.direction !== 'int' &&
			(!call.emergency || call.emergency.state === 'FAILED');
	default:
		return true;
	}
}

const WORK = { // phase -> key of the word
	OFF: 'WorkOff', CLOSED: 'WorkOff', ELSEWHERE: 'WorkElsewhere',
	INACTIVE: 'WorkInactive', FREE: 'WorkFree', BREAK: 'WorkBreak',
	WRAPUP: 'WorkWrapup', RECONNECTING: 'WorkRegain', REGAIN: 'WorkRegain',
	RING: 'WorkRing', RINGING: 'WorkRing', TALKING: 'WorkTalk',
	DIAL: 'WorkDial', TALK: 'WorkTalk', HOLD: 'WorkTalk', CONSULT: 'WorkTalk',
	CONFERENCE: 'WorkTalk', TRANSFER: 'WorkTalk', ADVICE: 'WorkTalk',
};

const CALL = {
	RING: 'CallRing', TALK: 'CallTalk', HOLD: 'CallHold',
	CONFERENCE: 'CallConference', TRANSFER: 'CallTransfer',
	REGAIN: 'CallRegain', ADVICE: 'CallAdvice', WRAPUP: 'CallEnded',
};

function callWord(p, call, words) {
	if (call.state === 'ENDED')
		return words.CallEnded;
	if (p === 'CONSULT')
		return call.peer?.state === 'TALK' ? words.CallConsult
			: words.CallConsultDial;
	if (p === 'RING' && call.role === 'target')
		return words.CallRingTransfer;
	if (p === 'RING' && call.kind === 'callback')
		return words.CallRingBack;
	if (p === 'RING' && call.direction === 'int')
		return words.CallRingInternal;
	if (p === 'DIAL')
		return words[{ RING: 'CallDialRing', EARLY: 'CallDialEarly' }[
			call.progress] ?? 'CallDial'];
	if (p === 'HOLD' && call.direction === 'int')
		return words.CallHoldInternal;
	return words[CALL[p]] ?? '';
}

function who(person) {
	return person ? `${person.extension} ${person.name}`.trim() : '';
}

function emergencyWord(emergency, words) {
	if (!emergency)
		return '';
	return fill(words[`Emergency${emergency.state}`] ?? '',
		{ service: emergency.service });
}

function breakWord(agent, words) {
	return words[`Break${agent.reason}`] ?? words.BreakOther;
}

function workWord(p, agent, words) {
	if (p === 'BREAK')
		return `${words.WorkBreak}: ${breakWord(agent, words)}`;
	return words[WORK[p]] ?? '';
}

// One message at a time, the most urgent first.
function message(facts, p, words) {
	const call = facts.server?.call;

	// «Выход» is refused also where nothing else works
	const wait = { kind: 'warning', text: facts.message?.code === 'M15'
		? `${words.M29}. ${words.M15}` : words.M29 };

	if (facts.link === 'LOST')
		return wait;
	if (facts.mic)
		return { kind: 'danger', text: words[facts.mic] };
	if (p === 'RECONNECTING' || p === 'REGAIN')
		return wait;
	if (p === 'ELSEWHERE')
		return facts.message;
	if (facts.server?.agent.mic === 'lost')
		return { kind: 'danger', text: words.M03 };
	if (facts.message)
		return facts.message;
	if (call?.emergency?.state === 'FAILED')
		return { kind: 'danger', text: words.M17 };
	if (call?.emergency)
		return { kind: 'info', text: words.M18 };
	if (p === 'BREAK' && facts.server.agent.reason === 'MISSED')
		return { kind: 'warning', text: words.BreakMissedLong };
	return null;
}

function texts(facts, p, now, words, place) {
	const { agent, call } = facts.server ?? {};
	const t = now + facts.offset;
	const active = !!agent && agent.state !== 'INACTIVE';
	const said = message(facts, p, words);
	const fromWho = call?.role === 'owner' ? null : call?.from;
	const wrapup = p === 'WRAPUP' && agent.wrapup_until;
	const timer = wrapup ? left(wrapup - t)
		: p === 'RING' || p === 'DIAL'
			? duration(call.waited + t - facts.server.now)
			: talking(call) && call.answered
				? duration(t - call.answered) : '';

	return {
		status: active ? words.Active : words.Inactive,
		work: workWord(p, agent, words),
		workTimer: active ? duration(t - agent.since) : '',
		started: active && agent.started
			? fill(words.StartedAt, { time: clock(agent.started, place) })
			: '',
		shiftTimer: active && agent.started
			? duration(t - agent.started) : '',
		message: said?.text ?? '',
		callState: call ? callWord(p, call, words) : '',
		number: call ? phone(call.number) || words.NumberHidden : '',
		queue: call?.queue ?? '',
		timer,
		timerLabel: p === 'RING' ? words.Waits : '',
		waited: call?.direction === 'in' && p !== 'RING'
			? fill(words.WaitedFor, { time: duration(call.waited) }) : '',
		from: fromWho ? fill(words.From, { who: who(fromWho) }) : '',
		peer: call?.peer ? who(call.peer) : '',
		peerState: call?.peer
			? call.peer.state === 'TALK' ? words.PeerTalk
				: words.PeerDial
			: '',
		emergency: emergencyWord(call?.emergency, words),
		muteLabel: call?.muted ? words.Unmute : words.Mute,
		holdLabel: p === 'HOLD' ? words.Unhold : words.Hold,
		hangupLabel: p === 'RING' ? words.Reject : words.Hangup,
		digits: facts.digits,
		quality: facts.quality ? words[`Quality${facts.quality.level}`]
			: '',
	};
}

function shown(facts, p, words) {
	const { agent, call } = facts.server ?? {};
	const live = talking(call) && p !== 'ELSEWHERE';

	return {
		message: !!message(facts, p, words),
		start: p === 'INACTIVE' || p === 'OFF' || p === 'CLOSED' ||
			can(facts, 'start'),
		shift: !!agent && agent.state !== 'INACTIVE' && p !== 'ELSEWHERE',
		breakMenu: p !== 'BREAK',
		resume: p === 'BREAK',
		elsewhere: p === 'ELSEWHERE',
		call: !!call && p !== 'ELSEWHERE',
		idle: !call || p === 'ELSEWHERE',
		recording: live && !!call.recording,
		muted: live && !!call.muted,
		from: live || p === 'RING' ? !!call?.from : false,
		peer: !!call?.peer,
		waited: live,
		emergencyLine: !!call?.emergency,
		consulting: p === 'CONSULT' || p === 'TRANSFER',
		complete: p === 'CONSULT',
		leave: p === 'CONFERENCE',
		take: p === 'RING' && call.kind === 'callback',
		dropKey: p !== 'CONFERENCE', // there the key leaves
		wrapup: p === 'WRAPUP',
		about: !!call && p !== 'WRAPUP',
		history: !!call?.history?.length && p !== 'WRAPUP',
		quality: !!facts.quality && live,
		card: !!call?.card,
	};
}

// place: { lang, zone }
export function view(facts, now, words, place) {
	const p = phase(facts);
	const { agent, call } = facts.server ?? {};
	const enabled = {};

	for (const control of Object.keys(ON))
		enabled[control] = can(facts, control);
	enabled.holdToggle = enabled.hold || enabled.unhold;
	enabled.drop = enabled.hangup || enabled.reject;
	return {
		phase: p,
		text: texts(facts, p, now, words, place),
		show: shown(facts, p, words),
		on: enabled,
		pressed: { mute: !!call?.muted, hold: p === 'HOLD' },
		kind: {
			work: agent?.state ?? 'OFF',
			message: message(facts, p, words)?.kind ?? '',
			quality: facts.quality?.level ?? '',
			timer: p === 'WRAPUP' &&
				agent.wrapup_until - now - facts.offset < 15000
				? 'soon' : '',
		},
		card: call?.card ?? null,
		history: call?.history ?? [],
		ringing: p === 'RING',
		guard: talking(call) && p !== 'ELSEWHERE',
		wantsTrack: !!call && call.state !== 'ENDED' && p !== 'ELSEWHERE',
	};
}

// The network's mark from the figures of either side, the worse one counts.
export function mark({ loss = 0, jitter = 0, rtt = 0, mos = 5 }) {
	if (mos < 3.1 || loss > 0.05 || jitter > 60 || rtt > 600)
		return 'Bad';
	if (mos < 3.8 || loss > 0.015 || jitter > 30 || rtt > 300)
		return 'Fair';
	return 'Good';
}
