import { trusted } from './markup';

/** The page's style sheet. Colours are never alone: stripes, signs and words say the same. */
export const STYLE = trusted(`
:root {
  color-scheme: light dark;
  --page: #ffffff; --card: #f6f7f9; --line: #d4d9df; --text: #1b1f24; --quiet: #57606a;
  --good: #116329; --good-page: #e3f5e8; --bad: #a40e26; --bad-page: #fdeaec; --note: #7a4b00; --note-page: #fdf3dc;
  --forward: #2f6fd0; --backward: #b3661c; --failed: #c4283c; --before: #667080; --after: #7444c0; --neutral: #c3cad2;
  --on-bar: #ffffff; --plus: #dff5e5; --minus: #fde5e8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --card: #1c2229; --line: #343c46; --text: #e7ebef; --quiet: #a3adb8;
    --good: #6fd58a; --good-page: #14311d; --bad: #ff9099; --bad-page: #3d1a1f; --note: #e9b95b; --note-page: #362a12;
    --forward: #5f9df5; --backward: #d99249; --failed: #ef6b7b; --before: #7d8793; --after: #a985ec; --neutral: #47515c;
    --on-bar: #0e1115; --plus: #17331f; --minus: #3d1c21;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; display: inline; overflow-wrap: anywhere; }
h4 { font-size: .95rem; margin: 1.25rem 0 .4rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; }
code, pre, .name { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86em; }
.quiet { color: var(--quiet); }
.verdict { display: flex; gap: .75rem; align-items: baseline; border-radius: .6rem; padding: .9rem 1rem; margin: 1rem 0; font-weight: 600; }
.verdict.held { background: var(--good-page); color: var(--good); } .verdict.found { background: var(--bad-page); color: var(--bad); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .75rem 0; }
.facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.card { border: 1px solid var(--line); border-radius: .6rem; margin: .75rem 0; background: var(--card); }
.card > summary, .card > .head { padding: .7rem 1rem; }
.card > .body { padding: 0 1rem 1rem; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--forward); outline-offset: 2px; border-radius: .4rem; }
.word { display: inline-block; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; font-weight: 600; margin-right: .4rem; white-space: nowrap; }
.word.held { background: var(--good-page); color: var(--good); } .word.found, .word.broken { background: var(--bad-page); color: var(--bad); }
.word.skipped, .word.noted { background: var(--note-page); color: var(--note); }
.checks { list-style: none; padding: 0; margin: .5rem 0; } .checks li { margin: .25rem 0; overflow-wrap: anywhere; }
.details { margin: .2rem 0 .4rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; font-size: .85rem; } td.number, th.number { text-align: right; white-space: nowrap; padding-right: 0; }
td pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.diff { margin: 0; padding: .6rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: .4rem; background: var(--page); }
pre.diff span { display: block; padding: 0 .8rem; min-width: max-content; }
pre.diff .plus { background: var(--plus); } pre.diff .minus { background: var(--minus); }
figure { margin: 1rem 0 0; }
figcaption { font-size: .85rem; color: var(--quiet); margin-bottom: .5rem; }
.timeline { list-style: none; margin: 0; padding: 0; --label: 17rem; }
.timeline li { display: grid; grid-template-columns: var(--label) 1fr; align-items: center; border-top: 1px solid var(--line); min-height: 2.1rem; }
.label { font-size: .8rem; line-height: 1.25; padding: .25rem .75rem .25rem 0; overflow-wrap: anywhere; }
.label .name { font-weight: 600; }
.track { position: relative; align-self: stretch; min-height: 1.6rem; }
.bar { position: absolute; top: calc(50% - .7rem); height: 1.4rem; min-width: 4px; border-radius: 3px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-size: .72rem; line-height: 1.4rem; padding: 0 .3rem; color: var(--on-bar); }
.bar.thin { padding: 0; }
.bar.forward { background: var(--forward); } .bar.failed { background: var(--failed); background-image: repeating-linear-gradient(90deg, transparent 0 3px, rgba(0,0,0,.35) 3px 5px); }
.bar.backward { background: var(--backward); background-image: repeating-linear-gradient(135deg, transparent 0 6px, rgba(0,0,0,.22) 6px 9px); }
.bar.before { background: var(--before); } .bar.after { background: var(--after); } .bar.both { background: linear-gradient(var(--before) 50%, var(--after) 50%); } .bar.neutral { background: var(--neutral); color: var(--text); }
.mark { position: absolute; top: 0; bottom: 0; width: 0; border-left: 2px dashed var(--failed); }
.axis .track { font-size: .72rem; color: var(--quiet); min-height: 1.3rem; } .axis span { position: absolute; transform: translateX(-50%); } .axis span:first-child { transform: none; } .axis span:last-child { transform: translateX(-100%); }
.timeline li.axis { min-height: 0; }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .8rem; color: var(--quiet); margin: .5rem 0 0; padding: 0; list-style: none; }
.key .bar { position: static; display: inline-block; width: 1.4rem; height: .8rem; vertical-align: middle; margin-right: .35rem; }
@media (max-width: 40rem) {
  .timeline li { grid-template-columns: 1fr; padding-bottom: .25rem; }
  .label { padding-bottom: 0; } .track { min-height: 1.5rem; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: .4rem; }
  main { padding: 1rem .75rem 2rem; }
}
@media print { .card { break-inside: avoid; } }
`);
