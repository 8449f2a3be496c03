import {drawCharts} from './charts.js';
import {drawSpecialists} from './specialists.js';
import {drawWays} from './ways.js';
import {drawCalls} from './calls.js';
import {follow, onPress} from './happened.js';
import {post} from './dom.js';

const link = document.getElementById('link');
const visitors = document.getElementById('visitors');
let visiting = false;

function draw(frame) {
  drawSpecialists(frame);
  drawWays(frame);
  drawCharts(frame);
  drawCalls(frame);
  follow(frame);
  visiting = frame.visitors;
  visitors.textContent = visiting ? 'Pause visitors' : 'Start visitors';
}

function say(state, text) {
  if (link.dataset.state !== state) {
    link.dataset.state = state;
    link.textContent = text;
  }
}

function listen() {
  const stream = new EventSource('live');
  stream.onmessage = message => {
    say('live', 'Live');
    draw(JSON.parse(message.data));
  };
  stream.onerror = () => {
    say('waiting', 'Connecting again');
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(listen, 5000);
    }
  };
}

onPress(document.getElementById('burst'), async () => {
  const {tenants} = await post('visitors/burst', {});
  return `${tenants} new tenants ask all specialists, twice at once`;
});

onPress(document.getElementById('leave'), async () => {
  const {tenant} = await post('visitors/leave', {});
  return `${tenant} leaves`;
});

onPress(visitors, async () => {
  const on = !visiting;
  await post('visitors', {on});
  return on ? 'Visitors ask now and then' : 'The visitors pause';
});

listen();
