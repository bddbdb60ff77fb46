/** Entry point of the dashboard's webview: draws the last snapshot and sends what was clicked. */
import { systemClock } from '../base/clock.ts';
import { PANEL_COMMANDS, type ToPanel } from '../flow/messages.ts';
import { type Channel, openChannel } from './channel.ts';
import { brokenTree, type DashboardState, dashboardTree, phaseOf } from './dashboardView.ts';
import { type Content, draw } from './dom.ts';
import { Format } from './format.ts';
import { Freshness } from './freshness.ts';
import { Words } from './words.ts';

let state: DashboardState = {
  format: undefined,
  snapshot: undefined,
  failure: undefined,
  overdueMs: undefined,
  list: { expanded: false, heldAtId: undefined },
  open: new Set(),
};

const main = document.querySelector('main') ?? document.body.appendChild(document.createElement('main'));

function show(change: Partial<DashboardState>): void {
  state = { ...state, ...change };
  const phase = phaseOf(state);
  if (main.dataset.state !== phase) main.dataset.state = phase;
  main.ariaBusy = String(phase === 'loading');
  draw(main, treeOf(state));
}

/** A snapshot that cannot be drawn is said to be so, instead of leaving old figures that look like new ones. */
function treeOf(shown: DashboardState): Content {
  try {
    return dashboardTree(shown);
  } catch (error) {
    main.dataset.state = 'error';
    // Still rises, so that the developer tools show it.
    queueMicrotask(() => {
      throw error;
    });
    return brokenTree(shown);
  }
}

const freshness = new Freshness(systemClock, (overdueMs) => show({ overdueMs }));

function receive(message: ToPanel, channel: Channel): void {
  if (message.kind === 'texts') {
    document.documentElement.lang = message.locale;
    show({ format: new Format(new Words(message.texts, message.locale)) });
  } else if (message.kind === 'failed') {
    freshness.renew();
    show({ failure: message.message });
  } else if (message.kind === 'snapshot') {
    const first = !state.snapshot;
    freshness.renew();
    show({ snapshot: message.snapshot, failure: undefined, overdueMs: undefined });
    if (first && state.format) restore(channel.kept());
  }
}

/** The view is built anew each time it is unfolded: it comes back as it was left. */
function restore(kept: unknown): void {
  if (typeof kept !== 'object' || kept === null) return;
  if ('expanded' in kept && kept.expanded === true) show({ list: { ...state.list, expanded: true } });
  const ids: unknown = 'open' in kept ? kept.open : undefined;
  if (Array.isArray(ids)) show({ open: new Set(ids.filter((id) => typeof id === 'string')) });
  if ('scrollY' in kept && typeof kept.scrollY === 'number') window.scrollTo({ top: kept.scrollY });
}

function onClick(channel: Channel, target: EventTarget | null): void {
  const button = target instanceof Element ? target.closest('button') : null;
  if (!button) return;
  const { local, command, id } = button.dataset;
  if (local === 'expand') {
    show({ list: { ...state.list, expanded: !state.list.expanded } });
    keep(channel);
  }
  const known = PANEL_COMMANDS.find((name) => name === command);
  if (known) channel.post({ kind: 'command', command: known, ...(id === undefined ? {} : { id }) });
}

function keep(channel: Channel): void {
  channel.keep({ expanded: state.list.expanded, open: [...state.open], scrollY: window.scrollY });
}

function onToggle(channel: Channel, target: EventTarget | null): void {
  if (!(target instanceof HTMLDetailsElement)) return;
  const id = target.dataset.kept;
  if (id === undefined || state.open.has(id) === target.open) return;
  const others = [...state.open].filter((each) => each !== id);
  show({ open: new Set(target.open ? [...others, id] : others) });
  keep(channel);
}

/** While the pointer is over the list of decisions no row moves: newer ones wait until it leaves. */
function hold(target: EventTarget | null): void {
  const over = target instanceof Element && target.closest('[data-hold]') !== null;
  if (over === (state.list.heldAtId !== undefined)) return;
  const newest = state.snapshot?.decisions[0]?.id;
  show({ list: { ...state.list, heldAtId: over ? newest : undefined } });
}

function start(): void {
  show({});
  freshness.renew();
  const channel = openChannel(receive);
  document.addEventListener('click', ({ target }) => onClick(channel, target));
  document.addEventListener('pointerover', ({ target }) => hold(target));
  document.documentElement.addEventListener('pointerleave', () => hold(null));
  // It does not bubble.
  document.addEventListener('toggle', ({ target }) => onToggle(channel, target), { capture: true });
  document.addEventListener('scrollend', () => keep(channel));
}

start();
