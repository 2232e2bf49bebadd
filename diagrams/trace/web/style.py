"""The style sheet of a page: light and dark, wide and narrow, and nothing that has to be fetched."""

from __future__ import annotations

from ...style import css

__all__ = ["STYLE"]

_COLOURS = """
:root{color-scheme:light dark;--paper:#fff;--panel:#f7f9fc;--text:#1f2937;--quiet:#5b6472;--rule:#c3cad5;--accent:#1d4ed8;
--model:#2563eb;--tool:#0f766e;--person:#b45309;--person-soft:#fff3d1;--wrong:#b91c1c;--wrong-soft:#fdeaea;--on:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--panel:#131922;--text:#e6edf3;--quiet:#a3adba;--rule:#3a4350;
--accent:#79b0ff;--model:#79b0ff;--tool:#4fd1c0;--person:#e6a940;--person-soft:#382a0c;--wrong:#ff9b9b;--wrong-soft:#3a171b;
--on:#0d1117}}
"""

_PAGE = """
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
header,main{max-width:1500px;margin:0 auto;padding:0 16px}
h1{font-size:1.5rem;margin:20px 0 4px}
h2{font-size:1.2rem;margin:36px 0 10px;border-bottom:1px solid var(--rule);padding-bottom:4px}
h3{font-size:1rem;margin:24px 0 6px}
h4{font-size:.8rem;margin:10px 0 2px;color:var(--quiet);font-weight:600}
a{color:var(--accent)}
code,pre,.number{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.85rem}
nav{display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dl{display:flex;flex-wrap:wrap;gap:6px 22px;margin:8px 0}
dl div{display:flex;gap:6px}
dt{color:var(--quiet)}
dd{margin:0}
.id{color:var(--quiet);margin:0;overflow-wrap:anywhere}
.scroll{overflow:auto;border:1px solid var(--rule);border-radius:8px}
.scroll svg{display:block}
.tall{max-height:85vh}
.patterns{position:absolute}
table{border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;padding:3px 12px 3px 0;border-bottom:1px solid var(--rule);vertical-align:top}
.number{text-align:right;white-space:nowrap}
summary{cursor:pointer}
section>details>summary{padding:6px 0}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:8px 0;list-style:none;font-size:.85rem;color:var(--quiet)}
.key li{display:flex;align-items:center;gap:6px}
@media print{.tall{max-height:none;overflow:visible}}
"""

_TIMELINE = """
.timeline{border-top:1px solid var(--rule);font-size:.9rem}
.row{border-bottom:1px solid var(--rule)}
.row>summary,.axis{display:grid;gap:10px;align-items:center;
grid-template-columns:12rem minmax(6rem,16rem) minmax(0,1fr) 12.5rem}
.row>summary{padding:3px 6px;list-style:none}
.row>summary::-webkit-details-marker{display:none}
.row>summary:hover{background:var(--panel)}
.axis{padding:2px 6px}
.who{font-weight:600;overflow-wrap:anywhere}
.who::before{content:'▸';display:inline-block;width:1.1em;color:var(--quiet)}
.axis .who::before{content:''}
[open]>summary>.who::before{content:'▾'}
.user .who,.loop .who{font-weight:400;font-style:italic}
.brief{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--quiet)}
.mark,.fault .brief{color:var(--wrong)}
.took{display:flex;flex-wrap:wrap;gap:0 10px;font-variant-numeric:tabular-nums}
.quiet{color:var(--quiet)}
.track{display:block;overflow:visible}
.track text{font-size:11px;fill:var(--quiet)}
.tick{stroke:var(--quiet)}
.cut{fill:var(--panel);stroke:var(--rule);stroke-dasharray:1 3}
.point{fill:var(--paper);stroke:var(--text);stroke-width:2}
.fault .point{fill:var(--wrong);stroke:var(--wrong)}
.bar{stroke-width:1.5}
.model .working{fill:var(--model);stroke:var(--model)}
.tool .working{fill:var(--tool);stroke:var(--tool)}
.bar.waiting{fill:url(#waiting);stroke:var(--person);stroke-dasharray:4 3}
.bar.pause{fill:url(#pause);stroke:var(--quiet);stroke-dasharray:1 3}
.row .bar.broken,.key .broken{fill:url(#broken);stroke:var(--wrong)}
.bar.going{stroke-dasharray:8 4}
.ground{fill:var(--person-soft)}
.stripe{stroke:var(--person);stroke-width:4}
.dot{fill:var(--quiet)}
.wrong{fill:var(--wrong-soft)}
.cross{stroke:var(--wrong);stroke-width:1.4}
.body{padding:0 6px 10px 1.6em}
.body pre{margin:0;padding:8px 10px;background:var(--panel);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;
max-height:24rem;overflow:auto}
.body p{margin:2px 0;color:var(--quiet)}
@media (max-width:760px){
.row>summary,.axis{grid-template-columns:minmax(0,1fr) auto;gap:2px 10px}
.row>summary{padding:8px 6px}
.brief{order:3;grid-column:1/3}
.track{order:4;grid-column:1/3}
.took{justify-content:flex-end;max-width:14rem}
.axis .who,.axis .brief,.axis .took,.gap{display:none}
.track text{font-size:9px}
}
"""

_DRAWINGS = """
.machine{width:100%;height:auto;min-width:1250px;max-width:max-content}
.machine .taken .wire{stroke-width:3}
.machine .untaken{opacity:.42}
.machine .pill{fill:var(--accent)}
.machine .count{fill:var(--on);font-size:10px;font-weight:700}
.sequence text{font-size:12px;fill:var(--text)}
.sequence .step text{paint-order:stroke;stroke:var(--paper);stroke-width:5px}
.life{stroke:var(--rule);stroke-dasharray:3 4}
.head{fill:var(--panel);stroke:var(--text);stroke-width:1.5}
.head.model{stroke:var(--model);stroke-width:2.5}
.head.tool{stroke:var(--tool);stroke-width:2.5;stroke-dasharray:9 2}
.step path{fill:none;stroke:var(--text);stroke-width:1.5}
.step.answers path{stroke-dasharray:6 4}
.step rect{fill:var(--panel);stroke:var(--rule)}
.step.fault rect{fill:var(--wrong-soft);stroke:var(--wrong)}
.step.fault path{stroke:var(--wrong)}
.step.fault text{fill:var(--wrong)}
.step.note text{stroke:none}
.patterns .tip{fill:var(--text)}
"""

STYLE = css(".machine") + "".join(part.replace("\n", "") for part in (_COLOURS, _PAGE, _TIMELINE, _DRAWINGS))
"""All of it; rules of the drawing of the machine hold inside that drawing only."""
