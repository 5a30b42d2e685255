// The live page: asks for /status every second and draws it. One file, no resources from elsewhere.
#pragma once

namespace ngv {

inline constexpr const char* monitor_page = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>ngv</title><meta name="viewport" content="width=device-width">
<style>
:root{color-scheme:light dark;--bar:#4477aa;--wait:#ddaa33}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
progress{width:100%;height:1.2rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #8884}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.bar{display:flex;height:1rem;background:#8882}.bar i{background:var(--bar)}.bar b{background:var(--wait)}
</style></head><body>
<h1 id="name">ngv</h1><progress id="p" max="1" value="0"></progress><p id="line">waiting for the first window</p>
<table id="who"></table><table id="ledger"></table>
<script>
const $=id=>document.getElementById(id),cell=(t,c)=>{const d=document.createElement('td');d.textContent=t;if(c)d.className=c;return d};
function row(table,cells){const r=table.insertRow();for(const c of cells)r.append(c)}
function head(table,names){const r=table.insertRow();for(const n of names){const h=document.createElement('th');h.textContent=n;r.append(h)}}
async function tick(){
 try{
  const s=await(await fetch('status')).json();
  $('name').textContent=s.name||'ngv';
  if(s.duration_ms){$('p').value=s.time_ms/s.duration_ms;
   $('line').textContent=`${s.status}: ${s.time_ms.toFixed(1)} of ${s.duration_ms.toFixed(1)} ms, ${(s.time_ms/1e3/Math.max(s.wall_s,1e-9)).toFixed(4)} of real time, ${s.wall_s.toFixed(0)} s so far`}
  const w=$('who');w.replaceChildren();head(w,['participant','ranks','window','now','']);
  for(const [n,p] of Object.entries(s.participants||{})){row(w,[cell(n),cell(p.ranks,'n'),cell(p.window,'n'),cell(p.phase||'')])}
  const l=$('ledger');l.replaceChildren();
  if((s.ledger||[]).length){head(l,['field','emitted','received','drift']);for(const e of s.ledger)row(l,[cell(e.field),cell((+e.emitted).toExponential(4),'n'),cell((+e.received).toExponential(4),'n'),cell((+e.drift).toExponential(1),'n')])}
 }catch(e){$('line').textContent='the run has ended, or cannot be reached'}
 setTimeout(tick,1000)}
tick();
</script></body></html>
)html";

}  // namespace ngv
