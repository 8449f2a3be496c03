import {element, format, percent} from './dom.js';

const SECONDS = 60;
const TONES = ['first', 'second', 'third'];

const sum = (frame, read) => frame.specialists.reduce((total, s) => total + read(s), 0);
const perSpecialist = (frame, read) => Object.fromEntries(
    frame.specialists.map((s, n) => [s.name, {tone: TONES[n % TONES.length], value: read(s)}]));

/** What each chart draws: its kind, its unit, and from a frame its series by name. */
const CHARTS = {
  acquired: {
    bars: true, rate: true,
    read: f => ({
      hit: {tone: 'hit', value: sum(f, s => s.sessions.hit)},
      joined: {tone: 'joined', value: sum(f, s => s.sessions.joined)},
      opened: {tone: 'opened', value: sum(f, s => s.sessions.opened)},
      lost: {tone: 'lost', value: sum(f, s => s.sessions.lost)},
    }),
  },
  kept: {
    percent: true,
    read: f => perSpecialist(f, s => percent(s.sessions.kept, s.sessions.bound)),
  },
  retries: {bars: true, rate: true, read: f => perSpecialist(f, s => s.retries.made)},
  budget: {
    percent: true,
    read: f => perSpecialist(f, s => percent(s.retries.budget, s.retries.capacity)),
  },
  held: {
    read: f => ({
      Switchboard: {tone: 'hit', value: f.held},
      'Two maps': {tone: 'maps', value: f.maps.held},
    }),
  },
};

const drawn = new Map();
let sampledAt = 0;
let colours = readColours();

/** Takes a sample each second; frames come more often. */
export function drawCharts(frame) {
  const now = performance.now();
  const seconds = (now - sampledAt) / 1000;
  if (seconds < .95) {
    return;
  }
  sampledAt = now;
  for (const [id, spec] of Object.entries(CHARTS)) {
    const series = spec.read(frame);
    if (!drawn.has(id)) {
      drawn.set(id, {spec, last: series, chart: chart(id, spec, series), legend: legend(id, series)});
    }
    advance(drawn.get(id), series, seconds);
  }
}

function advance(entry, series, seconds) {
  const {spec, chart, legend, last} = entry;
  Object.entries(series).forEach(([name, {value}], n) => {
    const shown = spec.rate ? Math.max(0, value - last[name].value) / Math.min(seconds, 2) : value;
    const {data} = chart.data.datasets[n];
    data.push(shown);
    data.shift();
    legend[n].textContent = format(Math.round(spec.rate ? value : shown)) + (spec.percent ? '%' : '');
  });
  entry.last = series;
  chart.update('none');
}

function legend(id, series) {
  const list = document.querySelector(`[data-legend="${id}"]`);
  return Object.entries(series).map(([name, {tone}]) => {
    const value = element('b');
    list.append(element('li', {class: `tone-${tone}`}, `${name} `, value));
    return value;
  });
}

function chart(id, spec, series) {
  return new Chart(document.getElementById(id), {
    type: spec.bars ? 'bar' : 'line',
    data: {
      labels: Array.from({length: SECONDS}, (_, n) => `${SECONDS - 1 - n} s ago`),
      datasets: Object.entries(series).map(([name, {tone}], n) => ({
        label: name,
        borderColor: () => colours[tone],
        backgroundColor: () => colours[tone],
        data: Array(SECONDS).fill(null),
        borderWidth: spec.bars ? 0 : 2,
        borderDash: [[], [6, 3], [2, 2]][n],
        pointRadius: 0,
        barPercentage: 1,
        categoryPercentage: .8,
      })),
    },
    options: options(spec),
  });
}

function options(spec) {
  return {
    animation: false,
    events: [],
    maintainAspectRatio: false,
    plugins: {legend: {display: false}, tooltip: {enabled: false}},
    scales: {
      x: {stacked: spec.bars, grid: {display: false}, ticks: {display: false}, border: {color: line}},
      y: {
        stacked: spec.bars,
        beginAtZero: true,
        suggestedMax: spec.percent ? 100 : 4,
        border: {display: false},
        grid: {color: line},
        ticks: {
          color: () => colours.muted,
          maxTicksLimit: 4,
          precision: 0,
          callback: value => spec.percent ? `${value}%` : format(value),
        },
      },
    },
  };
}

const line = () => colours.line;

/** Colours come from the style sheet, so that they follow the scheme. */
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ['hit', 'joined', 'opened', 'lost', 'maps', ...TONES, 'line', 'muted'];
  return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  colours = readColours();
  drawn.forEach(({chart}) => chart.update('none'));
});
