import {element, format} from './dom.js';

const SHOWN = 12;

const body = document.querySelector('#calls tbody');
const table = document.getElementById('calls');
const silent = document.getElementById('silent');
const begun = document.getElementById('begun');
const rows = new Map();

export function drawCalls(frame) {
  const calls = frame.calls.slice(0, SHOWN);
  table.hidden = calls.length === 0;
  silent.hidden = calls.length > 0;
  begun.textContent = frame.ours.begun ? format(frame.ours.begun) : '';
  const numbers = new Set(calls.map(call => call.number));
  for (const [number, row] of rows) {
    if (!numbers.has(number)) {
      row.remove();
      rows.delete(number);
    }
  }
  for (const call of [...calls].reverse()) {
    if (!rows.has(call.number)) {
      rows.set(call.number, newRow(call));
      body.prepend(rows.get(call.number));
    }
    update(rows.get(call.number), call);
  }
}

function newRow(call) {
  const tenant = call.tenant ?? 'not shown';
  return element('tr', {class: 'new'},
      element('td', {'data-specialist': call.specialist}, tenant),
      element('td', {class: 'muted'}, call.specialist),
      element('td'), element('td', {class: 'number muted'}), element('td'));
}

function update(row, call) {
  set(row.cells[2], call.ours, ours(call));
  row.cells[3].textContent = `${format(call.millis)} ms`;
  set(row.cells[4], call.maps, maps(call));
}

function set(cell, outcome, text) {
  cell.dataset.outcome = outcome;
  cell.textContent = text;
}

const SESSIONS = {
  HIT: 'known session', JOINED: 'joined', OPENED: 'opened', REOPENED: 'lost, reopened',
};

function ours(call) {
  const attempts = call.attempts > 1 ? `, ${call.attempts} attempts` : '';
  const outcomes = {
    PENDING: 'on its way', ANSWERED: SESSIONS[call.session], FAILED: 'not answered',
  };
  return outcomes[call.ours] + attempts;
}

function maps(call) {
  const outcomes = {
    PENDING: 'on its way', ANSWERED: 'answered', FAILED: 'not answered', SKIPPED: 'not played',
  };
  return outcomes[call.maps];
}
