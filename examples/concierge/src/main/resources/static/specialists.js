import {element, format, percent, post} from './dom.js';
import {onPress} from './happened.js';

const FAILING = 4;
const SLOW_MILLIS = 1500;
const COUNTS = {
  hit: s => s.sessions.hit,
  opened: s => s.sessions.opened,
  joined: s => s.sessions.joined,
  lost: s => s.sessions.lost,
  closed: s => s.sessions.closed,
  unclosed: s => s.sessions.unclosed,
  retries: s => s.retries.made,
  budget: s => `${Math.round(percent(s.retries.budget, s.retries.capacity))}%`,
};

const cards = new Map();

export function drawSpecialists(frame) {
  for (const specialist of frame.specialists) {
    if (!cards.has(specialist.name)) {
      cards.set(specialist.name, card(specialist.name));
    }
    cards.get(specialist.name)(specialist);
  }
}

/** Adds a card and returns what updates it. */
function card(name) {
  const mood = element('span', {class: 'mood'});
  const kept = element('b');
  const bound = element('span');
  const fill = element('i');
  const meter = element('div', {
    class: 'meter', role: 'meter', 'aria-label': `Sessions kept for ${name}`, 'aria-valuemin': 0,
  }, fill);
  const values = Object.fromEntries(Object.keys(COUNTS).map(key => [key, element('dd')]));
  const counts = element('dl', {class: 'counts'}, ...Object.entries(values).map(
      ([key, value]) => element('div', {'data-count': key}, element('dt', {}, key), value)));
  const buttons = faultButtons(name);
  document.getElementById('cards').append(element(
      'article', {class: 'card specialist', 'data-specialist': name, 'aria-label': name},
      element('header', {}, element('h3', {}, name), mood),
      element('p', {class: 'kept'}, kept, bound),
      meter, counts, element('div', {class: 'buttons'}, ...Object.values(buttons))));

  return specialist => {
    const {sessions, faults} = specialist;
    mood.textContent = moodOf(faults);
    mood.dataset.mood = faults?.down ? 'down' : mood.textContent;
    kept.textContent = format(sessions.kept);
    bound.textContent = `of at most ${format(sessions.bound)} sessions`;
    fill.style.width = `${Math.min(100, percent(sessions.kept, sessions.bound))}%`;
    meter.toggleAttribute('data-full', sessions.kept >= sessions.bound);
    meter.setAttribute('aria-valuenow', sessions.kept);
    meter.setAttribute('aria-valuemax', sessions.bound);
    for (const [key, read] of Object.entries(COUNTS)) {
      const value = read(specialist);
      values[key].textContent = typeof value === 'number' ? format(value) : value;
    }
    buttons.slow.setAttribute('aria-pressed', Boolean(faults?.slow));
    buttons.down.setAttribute('aria-pressed', Boolean(faults?.down));
    Object.values(buttons).forEach(button => button.disabled = !faults);
  };
}

function moodOf(faults) {
  if (!faults) {
    return 'runs elsewhere';
  }
  if (faults.down) {
    return 'down';
  }
  if (faults.failing) {
    return `fails ${faults.failing} more`;
  }
  return faults.slow ? 'slow' : 'well';
}

function faultButtons(name) {
  const button = (text, label, press) => {
    const made = element('button', {
      type: 'button', 'aria-label': `${text} ${label}: ${name}`, 'data-fault': text.toLowerCase(),
    }, text);
    onPress(made, async () => {
      const [switches, told] = press(made.getAttribute('aria-pressed') !== 'true');
      await post(`specialists/${name}/faults`, switches);
      return told;
    }, name);
    return made;
  };
  return {
    forget: button('Forget', 'all sessions',
        () => [{forget: true}, `${name} forgets all its sessions`]),
    fail: button('Fail', `the next ${FAILING} runs`,
        () => [{fail: FAILING}, `${name} fails its next ${FAILING} runs`]),
    slow: button('Slow', 'answers',
        on => [{slowMillis: on ? SLOW_MILLIS : 0}, `${name} is ${on ? 'slow' : 'fast again'}`]),
    down: button('Down', 'for every call',
        on => [{down: on}, `${name} ${on ? 'hangs up on every call' : 'is up again'}`]),
  };
}
