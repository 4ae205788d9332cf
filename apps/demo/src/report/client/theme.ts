/** The page's colours and type, as the charts need them. Read anew whenever the page turns light or dark. */

export interface Theme {
  text: string;
  soft: string;
  faint: string;
  grid: string;
  line: string;
  tip: string;
  code: string;
  comment: string;
  blank: string;
  starting: string;
  walking: string;
  histogram: string;
  /** Over what is chosen of a range: lets through what is below. */
  band: string;
  bad: string;
  /** For things of which each has a colour of its own; the last one is for "all others". */
  series: string[];
  font: string;
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: color('text'),
    soft: color('soft'),
    faint: color('faint'),
    grid: color('grid'),
    line: color('line'),
    tip: color('tip'),
    code: color('code'),
    comment: color('comment'),
    blank: color('blank'),
    starting: color('starting'),
    walking: color('c3'),
    histogram: color('c4'),
    band: color('band'),
    bad: color('bad'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => color(`c${number}`)),
    font: getComputedStyle(document.body).fontFamily,
  };
}
