/** The frames of the charts; what is in them is drawn by the client script. */

interface Card {
  id: string;
  title: string;
  note: string;
  isWide?: boolean;
  /** What stands beside the title, and the chart's role and name, where it is more than a picture. */
  tools?: string;
  role?: string;
}

/** The keys are those of `client/zoom.ts`. */
const ZOOM_TOOLS = `<div class="tools" role="group" aria-label="Zoom of the timeline">
<output id="zoom-range" aria-live="polite"></output><button id="zoom-in" aria-label="Zoom in">+</button><button id="zoom-out" aria-label="Zoom out">−</button><button id="zoom-reset">Reset</button>
</div>`;
const ZOOM_ROLE =
  'role="group" tabindex="0" aria-label="What each worker did. Plus and minus zoom, left and right arrow move, 0 shows all" aria-keyshortcuts="+ - ArrowLeft ArrowRight 0"';

const CARDS: Card[] = [
  { id: 'files', title: 'Files by language', note: 'How many files were counted' },
  { id: 'lines', title: 'Lines by language', note: 'Code, comments and blank lines' },
  { id: 'histogram', title: 'Lines per file', note: 'How many files are how long: each bar is twice as wide as the one before', isWide: true },
  {
    id: 'timeline',
    title: 'What each worker did',
    note: 'Each block is a run of batches; gaps are waiting. Wheel or pinch zooms, drag moves; keys: + − ← → 0',
    isWide: true,
    tools: ZOOM_TOOLS,
    role: ZOOM_ROLE,
  },
  { id: 'biggest', title: 'Biggest files', note: 'By size, coloured by language' },
  { id: 'identifiers', title: 'Most frequent identifiers', note: 'Reserved words left out' },
];

const card = ({ id, title, note, isWide = false, tools = '', role = `role="img" aria-label="${title}"` }: Card): string => `
<section class="card${isWide ? ' wide' : ''}">
  <div class="head"><div><h2>${title}</h2><p class="note">${note}</p></div>${tools}</div>
  <div class="chart" id="${id}" ${role}></div>
</section>`;

export const chartCards = (): string => CARDS.map(card).join('');
