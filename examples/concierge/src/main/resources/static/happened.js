import {element, format} from './dom.js';

const KEPT = 20;
const SETTLED = 4000;

const events = document.getElementById('events');
const quiet = document.getElementById('quiet');
const said = document.getElementById('said');

let latest = null;
let followed = null;

/** Has a button do something, which says what it was; its effect is followed from the press on. */
export function onPress(button, action, specialist) {
  button.addEventListener('click', async () => {
    const before = sums(latest, specialist);
    try {
      happened(await action(), specialist, before);
    } catch {
      happened('The concierge could not be reached', specialist, before);
    }
  });
}

function happened(what, specialist, before) {
  quiet.hidden = true;
  const ours = element('span');
  const maps = element('span');
  const now = new Date();
  events.prepend(element('li', {},
      element('time', {datetime: now.toISOString()}, now.toLocaleTimeString('en-GB')),
      element('b', {}, what),
      element('p', {class: 'ours'}, element('span', {}, 'Switchboard'), ours),
      element('p', {class: 'maps'}, element('span', {}, 'Two maps'), maps)));
  while (events.children.length > KEPT) {
    events.lastChild.remove();
  }
  said.textContent = what;
  followed = {
    specialist, ours, maps, before, at: Date.now(),
  };
  follow(latest);
}

/** Says what has come of the latest event so far. */
export function follow(frame) {
  latest = frame;
  if (!followed || !frame) {
    return;
  }
  const before = followed.before;
  const since = sums(frame, followed.specialist);
  const more = key => since[key] - before[key];
  followed.ours.textContent = list([
    [more('lost'), 'lost'], [more('opened'), 'opened'], [more('joined'), 'joined'],
    [more('closed'), 'closed'], [more('retries'), 'retried'],
  ], more('answered'), more('failed'));
  followed.maps.textContent = list([
    [more('mapsOpened'), 'opened'], [more('mapsRetries'), 'retried'],
    [more('miscounted'), 'miscounted'],
  ], more('mapsAnswered'), more('mapsFailed'));
  if (!followed.said && Date.now() - followed.at > SETTLED) {
    followed.said = true;
    said.textContent = `Since then, Switchboard: ${followed.ours.textContent}.`
        + ` Two maps: ${followed.maps.textContent}.`;
  }
}

function list(counts, answered, failed) {
  return [
    ...counts.filter(([n]) => n > 0).map(([n, what]) => `${format(n)} ${what}`),
    `${format(answered)} answered`,
    ...(failed > 0 ? [`${format(failed)} not answered`] : []),
  ].join(', ');
}

function sums(frame, specialist) {
  const all = (frame?.specialists ?? []).filter(s => !specialist || s.name === specialist);
  const sum = read => all.reduce((total, s) => total + read(s), 0);
  return {
    lost: sum(s => s.sessions.lost),
    opened: sum(s => s.sessions.opened),
    joined: sum(s => s.sessions.joined),
    closed: sum(s => s.sessions.closed),
    retries: sum(s => s.retries.made),
    answered: frame?.ours.answered ?? 0,
    failed: frame?.ours.failed ?? 0,
    mapsAnswered: frame?.maps.answered ?? 0,
    mapsFailed: frame?.maps.failed ?? 0,
    mapsOpened: frame?.maps.opened ?? 0,
    mapsRetries: frame?.maps.retries ?? 0,
    miscounted: frame?.maps.miscounted ?? 0,
  };
}
