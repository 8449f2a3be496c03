import {element, format} from './dom.js';

const total = (frame, read) => frame.specialists.reduce((sum, s) => sum + read(s), 0);
const share = (answered, failed) =>
    answered + failed ? `${(100 * answered / (answered + failed)).toFixed(1)}%` : '–';

/** What is compared: a label, and a value with a remark for each side. */
const ROWS = [
  ['Calls answered',
    f => [share(f.ours.answered, f.ours.failed), `${format(f.ours.failed)} unanswered`],
    f => [share(f.maps.answered, f.maps.failed), `${format(f.maps.failed)} unanswered`
      + (f.maps.skipped ? `, ${format(f.maps.skipped)} not played` : '')]],
  ['Sessions open at specialists',
    f => [format(f.held), `${format(total(f, s => s.sessions.closed))} closed`],
    f => [format(f.maps.held), 'none ever closed']],
  ['Session ids kept',
    f => [format(total(f, s => s.sessions.kept)),
      `at most ${format(total(f, s => s.sessions.bound))}`],
    f => [format(f.maps.entries), 'without bound']],
  ['Ids that no specialist knows',
    f => [format(total(f, s => s.sessions.lost)), 'noticed and replaced'],
    f => [format(f.maps.dead), 'kept, every call fails']],
  ['Calls for one session at once',
    f => [format(total(f, s => s.sessions.joined)), 'joined one opening'],
    f => [format(Math.max(0, f.maps.opened - f.maps.entries)), 'opened one too many']],
  ['Retries',
    f => [format(total(f, s => s.retries.made)), 'counted per request'],
    f => [format(f.maps.retries), `${format(f.maps.miscounted)} miscounted`]],
  ['Retry counts kept',
    () => ['–', 'end with the request'],
    f => [format(f.maps.counts), 'shared by requests']],
];

const cells = ROWS.map(([label]) => {
  const ours = element('td');
  const maps = element('td');
  document.getElementById('ways').append(
      element('tr', {}, element('th', {scope: 'row'}, label), ours, maps));
  return [ours, maps];
});

export function drawWays(frame) {
  ROWS.forEach(([, ours, maps], row) => {
    fill(cells[row][0], ours(frame));
    fill(cells[row][1], maps(frame));
  });
}

function fill(cell, [value, remark]) {
  const text = value + remark;
  if (cell.dataset.text !== text) {
    cell.dataset.text = text;
    cell.replaceChildren(element('b', {}, value), element('small', {}, remark));
  }
}
