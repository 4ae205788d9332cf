/** The look of the report. Colours are variables, light and dark; the client script reads the same ones for the charts. */

export const STYLE = `
:root {
  --ground: #f5f6f8; --card: #ffffff; --line: #e3e6eb; --text: #171a21; --soft: #5c6472; --faint: #6b7382;
  --code: #2f6fed; --comment: #12a594; --blank: #c3c9d4; --starting: #d5dae3; --bad: #d13438; --warn: #9a6700; --warn-ground: #fff6dd; --bad-ground: #ffecec;
  --grid: #eceff3; --tip: #ffffff; --band: rgb(47 111 237 / 12%); --shadow: 0 1px 2px rgb(20 26 40 / 6%), 0 4px 16px rgb(20 26 40 / 4%);
  --c1: #2f6fed; --c2: #12a594; --c3: #e5832b; --c4: #8e5bd9; --c5: #d6466f; --c6: #6b9e23; --c7: #0f9bd0; --c8: #8a93a3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1218; --card: #171b23; --line: #262c37; --text: #e8ebf1; --soft: #9aa4b4; --faint: #8a94a5;
    --code: #5b8ff9; --comment: #2cc3b0; --blank: #3d4655; --starting: #2c3442; --bad: #ff6b6e; --warn: #f2c14e; --warn-ground: #2a2413; --bad-ground: #331a1c;
    --grid: #222833; --tip: #1f2530; --band: rgb(91 143 249 / 18%); --shadow: none;
    --c1: #5b8ff9; --c2: #2cc3b0; --c3: #f09a4a; --c4: #a987ec; --c5: #ec6f93; --c6: #93c14a; --c7: #3fb8e8; --c8: #7f8999;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-font-smoothing: antialiased; }
main { max-width: 1280px; margin: 0 auto; padding: 40px 32px 56px; display: grid; gap: 20px; grid-template-columns: minmax(0, 1fr); }
header { margin-bottom: 8px; }
.mark { margin: 0 0 6px; font-size: 12px; font-weight: 700; letter-spacing: .14em; text-transform: uppercase; color: var(--code); }
h1 { margin: 0; font-size: 30px; line-height: 1.2; font-weight: 680; letter-spacing: -.018em; overflow-wrap: anywhere; }
.sub { margin: 8px 0 0; color: var(--soft); }
.sub strong { color: var(--text); font-weight: 620; }
.sub span { margin: 0 4px; color: var(--faint); }
.notice { margin: 14px 0 0; padding: 10px 14px; border-radius: 8px; font-size: 14px; }
.warn { background: var(--warn-ground); color: var(--warn); }
.bad { background: var(--bad-ground); color: var(--bad); }
.tiles { margin: 0; display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 12px; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); }
.tile { padding: 14px 16px 13px; }
.tile dt { font-size: 13px; color: var(--soft); }
.tile dd { margin: 2px 0 0; font-size: 25px; line-height: 1.25; font-weight: 650; letter-spacing: -.02em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tile small { display: block; margin-top: 2px; font-size: 12.5px; font-weight: 400; letter-spacing: 0; color: var(--faint); white-space: normal; }
.card { padding: 18px 20px 16px; min-width: 0; }
h2 { margin: 0; font-size: 16px; font-weight: 640; letter-spacing: -.005em; }
.note { margin: 1px 0 0; font-size: 13px; color: var(--faint); }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
.wide { grid-column: 1 / -1; }
.chart { margin-top: 10px; min-height: 60px; }
.chart:focus-visible, summary:focus-visible, button:focus-visible { outline: 2px solid var(--code); outline-offset: 3px; border-radius: 6px; }
.head { display: flex; flex-wrap: wrap; gap: 8px 20px; justify-content: space-between; align-items: start; }
.tools { display: flex; gap: 6px; align-items: center; }
.tools output { margin-right: 6px; font-size: 13px; color: var(--soft); font-variant-numeric: tabular-nums; }
.tools button { min-width: 32px; height: 30px; padding: 0 10px; font: inherit; font-size: 13px; color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: 7px; cursor: pointer; }
.tools button:hover:enabled { border-color: var(--faint); }
.tools button:disabled { color: var(--faint); cursor: default; }
.composition { display: grid; grid-template-columns: auto 1fr; gap: 10px 20px; align-items: center; padding: 16px 20px; }
.bar { display: flex; gap: 2px; height: 14px; border-radius: 7px; overflow: hidden; }
.bar span { flex-basis: 0; }
.code { background: var(--code); } .comment { background: var(--comment); } .blank { background: var(--blank); }
.legend { grid-column: 2; display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 0; padding: 0; list-style: none; font-size: 13px; color: var(--soft); font-variant-numeric: tabular-nums; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 7px; }
.legend b { margin-left: 4px; font-weight: 620; color: var(--text); }
.legend span { margin-left: 4px; color: var(--faint); }
.scroll { overflow-x: auto; margin-top: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 10px; text-align: right; font-weight: 400; white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; } td:last-child, th:last-child { padding-right: 0; }
thead th { font-size: 12.5px; color: var(--faint); border-bottom: 1px solid var(--line); }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
.paths th:first-child { width: 100%; max-width: 0; overflow: hidden; text-overflow: ellipsis; direction: rtl; }
.paths thead th:first-child { direction: ltr; }
td b { font-weight: 640; }
details summary h2 { display: inline; }
details summary .note { margin-left: 10px; }
summary { cursor: pointer; }
details[open] > .scroll { margin-top: 12px; }
.zero { color: var(--faint); opacity: .6; }
tfoot > tr > * { border-top: 1px solid var(--line); font-weight: 640; }
.skipped details { border-top: 1px solid var(--grid); }
.skipped .note + details { margin-top: 10px; border-top: 0; }
.skipped summary { padding: 9px 0; cursor: pointer; font-size: 14px; }
.skipped summary::first-letter { text-transform: uppercase; }
.skipped summary b { margin-left: 6px; font-weight: 600; color: var(--soft); font-variant-numeric: tabular-nums; }
.skipped ul { margin: 0 0 12px; padding: 0 0 0 18px; list-style: none; max-height: 340px; overflow: auto; font-size: 13px; }
.skipped li { padding: 2px 0; overflow-wrap: anywhere; }
.skipped li span, .more { color: var(--faint); }
code { font: 12.5px/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
footer { font-size: 13px; color: var(--faint); }
@media (max-width: 1080px) { .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
@media (max-width: 820px) { main { padding: 24px 16px 40px; } .grid { grid-template-columns: minmax(0, 1fr); } h1 { font-size: 24px; } }
@media (max-width: 520px) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } .composition { grid-template-columns: minmax(0, 1fr); } .card { padding: 14px 14px 12px; } .paths { min-width: 520px; } .legend { grid-column: 1; } }
`;
