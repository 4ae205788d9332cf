import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ReportData } from '../../src/report/data.js';
import { renderReport } from '../../src/report/page.js';
import type { Report } from '../../src/report/page.js';
import type { RunResult } from '../../src/run.js';
import { sampleReport } from '../support/sample-report.js';

const EVIL = `<img src=x onerror="alert('1')">&</script><script>alert(2)</script>`;

const report = (change?: Partial<RunResult>): Report => sampleReport(EVIL, change);

test('names from the tree never become markup', () => {
  const page = renderReport(report({ lostWorkers: [{ name: EVIL, pid: 1, how: EVIL, filesPutBack: 1 }] }), '');
  expect(page).not.toContain('<img');
  expect(page).not.toContain('alert(2)</script>');
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
});

test('the embedded data is what the charts are drawn from', () => {
  const page = renderReport(report(), '');
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
  const data = JSON.parse(json) as ReportData;
  expect(data.biggest).toEqual([{ path: EVIL, language: 'JavaScript', bytes: 3, lines: 1 }]);
  expect(data.lanes.map((lane) => lane.name)).toEqual(['worker 1']);
});

test('the page loads nothing: no address in it, and a policy that allows its own script alone', () => {
  const script = readFileSync(new URL('../../dist/report/report-client.js', import.meta.url), 'utf8');
  const page = renderReport(report(), script);
  expect(page.replace(script, '')).not.toMatch(/https?:|\bsrc=(?!x )|\bhref=|url\(|@import/);
  // Names of XML vocabularies and a licence notice are not fetched.
  const addresses = [...script.matchAll(/(?:https?:)?\/\/[a-z][\w-]*\.[\w.-]+[^\s"'`)]*/g)].map(([address]) => address);
  expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/') && !address.endsWith('/LICENSE'))).toEqual([]);
  const allowed = /script-src 'sha256-([^']+)'/.exec(page)![1];
  const embedded = page.slice(page.lastIndexOf('<script>') + '<script>'.length, page.lastIndexOf('</script>'));
  expect(createHash('sha256').update(embedded).digest('base64')).toBe(allowed);
});

test('only a page that a server gives out may listen to it', () => {
  expect(renderReport(report(), '')).not.toContain('connect-src');
  expect(renderReport({ ...report(), isLive: true }, '')).toContain("; connect-src 'self'");
});

test('a script that holds its own end tag cannot end its element', () => {
  const page = renderReport(report(), 'x = "</script><!--"');
  expect(page).toContain('x = "<\\/script><\\!--"');
});

test('a partial map and a worker that died are said at the top', () => {
  const page = renderReport(
    report({ partial: true, notReached: 7, lostWorkers: [{ name: 'codemap-2', pid: 5, how: 'signal SIGKILL', filesPutBack: 3 }] }),
    '',
  );
  expect(page).toContain('Partial map.');
  expect(page).toContain('7 files found but not reached');
  expect(page).toContain('signal SIGKILL');
});
