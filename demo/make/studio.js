// The studio: one large soft lamp from the upper left, a pale dome, a white floor that shows only the shadow. Light is
// sampled from many points, each with a true shadow, and the pictures are averaged; so edges, shadows and hollows are soft.
// The camera is that of the look book: the point 0,0,0 lands at 50 % / 81.6 % of the square.
import { join } from './shapes.js';

const VS = `#version 300 es
layout(location=0) in vec3 P;layout(location=1) in vec3 N;layout(location=2) in vec2 U;
uniform mat4 VP,S0,S1;uniform vec3 K,D;out vec3 p,n;out vec2 uv;out vec3 s0,s1;
void main(){p=P;n=N;uv=U;s0=(S0*vec4(P+N*.012*sign(dot(N,K))+K*.006,1)).xyz*.5+.5;s1=(S1*vec4(P+N*.012*sign(dot(N,D))+D*.01,1)).xyz*.5+.5;gl_Position=VP*vec4(P,1);}`;
const FS = `#version 300 es
precision highp float;precision highp sampler2DShadow;
in vec3 p,n;in vec2 uv;in vec3 s0,s1;out vec4 o;
uniform sampler2DShadow M0,M1;uniform sampler2D T;uniform vec3 K,D,EYE,C,E,PL,PC;uniform float hasT,rough,metal,alpha,coat,floorOn,grain,sheen;
float h1(vec3 x){return fract(sin(dot(x,vec3(12.9898,78.233,37.719)))*43758.5453);}
float ns(vec3 x){vec3 i=floor(x),f=fract(x);f=f*f*(3.-2.*f);return mix(mix(mix(h1(i),h1(i+vec3(1,0,0)),f.x),mix(h1(i+vec3(0,1,0)),h1(i+vec3(1,1,0)),f.x),f.y),mix(mix(h1(i+vec3(0,0,1)),h1(i+vec3(1,0,1)),f.x),mix(h1(i+vec3(0,1,1)),h1(i+vec3(1,1,1)),f.x),f.y),f.z);}
vec3 sky(vec3 d){vec3 c=mix(vec3(.50,.47,.44),vec3(.86,.87,.90),smoothstep(-.2,.9,d.y));
 c+=vec3(1.,.92,.82)*1.7*smoothstep(.80,.97,dot(d,normalize(vec3(.82,.38,-.45))));
 c+=vec3(1.,.97,.92)*.5*smoothstep(.6,1.,dot(d,normalize(vec3(-.2,.5,.9))));return c;}
vec3 env(vec3 d,float r){vec3 c=mix(vec3(.30,.27,.24),vec3(.55,.56,.58),smoothstep(-.35-r*.4,.55+r*.4,d.y));
 float w=mix(.03,.45,r),k=mix(1.,.45,r);
 float a=smoothstep(-w,w,.20-abs(d.y-.56))*smoothstep(-w,w,.30-abs(d.x+.46))*smoothstep(-.2,.2,d.z+.2);
 float b=smoothstep(-w,w,.5-abs(d.y-.45))*smoothstep(-w,w,.07-abs(d.x-.72));
 float t=smoothstep(.80-w,.86+w,d.y);
 return c+vec3(1.,.97,.92)*(3.0*a+1.3*b+.9*t)*k;}
float ggx(float nh,float a){float a2=a*a,q=nh*nh*(a2-1.)+1.;return a2/(3.14159*q*q);}
void main(){
 float k=texture(M0,s0),v=texture(M1,s1);
 if(s0.z>1.)k=1.;if(s1.z>1.)v=1.;
 if(floorOn>.5){float f=exp(-dot(p.xz,p.xz)*.42)*smoothstep(2.0,1.2,abs(p.x))*smoothstep(-3.2,-1.2,p.z)*smoothstep(1.9,.9,p.z);
  float al=f*(.40*(1.-k)+.44*(1.-v)*2.*D.y);o=vec4(vec3(.006,.0035,.002)*al,al);return;}
 vec3 N=normalize(gl_FrontFacing?n:-n),V=normalize(EYE-p);
 vec4 tx=hasT>.5?texture(T,uv):vec4(1);vec3 c=C*tx.rgb;float al=alpha*tx.a;
 c*=1.+grain*(ns(p*38.)+.6*ns(p*11.)-.8);
 float nv=max(dot(N,V),.02),R=clamp(rough,.06,1.);vec3 F0=mix(vec3(.04),c,metal),dif=c*(1.-metal);
 float nk=dot(N,K);vec3 H=normalize(K+V);float nh=max(dot(N,H),0.),vh=max(dot(V,H),0.);
 vec3 F=F0+(1.-F0)*pow(1.-vh,5.);float A=R*R;float g=ggx(nh,A)*.25/max(mix(nv*max(nk,0.),1.,A*.5)+.05,.05);
 vec3 key=vec3(1.,.945,.86)*1.62;
 vec3 col=key*max(nk,0.)*k*(dif+min(F*g,vec3(4.))*.55);
 col+=key*.13*dif*max((nk+.4)/1.4,0.)*(.35+.65*v);
 vec3 L=sky(D);
 col+=dif*L*max(dot(N,D),0.)*v*1.30;
 col+=dif*vec3(.46,.41,.36)*(.5-.5*N.y)*.42*(.4+.6*v);
 vec3 rf=reflect(-V,N);vec3 Fe=F0+(max(vec3(1.-R),F0)-F0)*pow(1.-nv,5.);
 col+=env(rf,R)*Fe*mix(1.,.75,R)*(.25+.75*v)*.95;
 if(coat>0.){float fc=.04+.96*pow(1.-nv,5.);col+=coat*(env(rf,.08)*fc*(.25+.75*v)*.9+key*k*max(nk,0.)*min(ggx(nh,.02)*.25*.05,3.)*.35);}
 col+=sheen*c*pow(1.-nv,2.5)*.5*(.4+.6*v);
 vec3 q=PL-p;float qd=dot(q,q);col+=dif*PC*(.25+.75*max(dot(N,normalize(q)),0.))/(qd+.06);
 col+=E*(hasT>.5?tx.rgb:vec3(1.));
 float spec=clamp(dot(env(rf,R)*Fe,vec3(.33)),0.,1.);al=clamp(al+(1.-al)*spec*step(al,.98)*.9,0.,1.);
 o=vec4(col*al,al);}`;
const SVS = `#version 300 es
layout(location=0) in vec3 P;uniform mat4 S;void main(){gl_Position=S*vec4(P,1);}`;
const SFS = `#version 300 es
precision highp float;void main(){}`;
const QVS = `#version 300 es
layout(location=0) in vec2 Q;out vec2 t;void main(){t=Q*.5+.5;gl_Position=vec4(Q,0,1);}`;
const ADD = `#version 300 es
precision highp float;in vec2 t;uniform sampler2D X;out vec4 o;void main(){vec4 c=texture(X,t);o=vec4(min(c.rgb,vec3(6.)),c.a);}`;
const END = `#version 300 es
precision highp float;in vec2 t;uniform sampler2D X,Y;uniform float n;uniform vec4 G[4];uniform vec3 GC[4];uniform float asp;out vec4 o;
vec3 aces(vec3 x){return clamp(x*(2.51*x+.03)/(x*(2.43*x+.59)+.14),0.,1.);}
float under(){vec2 s=vec2(textureSize(Y,0)),q=t*s-.5;float a=0.,w=0.;vec2 b=floor(q);for(int j=-2;j<4;j++)for(int i=-2;i<4;i++){vec2 p=b+vec2(i,j),e=q-p;float k=exp(-dot(e,e)*.45);a+=k*texelFetch(Y,ivec2(clamp(p,vec2(0),s-1.)),0).a;w+=k;}
 a=clamp(a/w/n,0.,.75);a=max(0.,a-.022)*smoothstep(.022,.07,a);return floor(a*127.5+.5)/127.5;}
void main(){vec4 c=texture(X,t)/n;vec3 q=c.a>1e-4?c.rgb/c.a:vec3(0);float lu=dot(q,vec3(.3,.59,.11));q=mix(vec3(lu),q,.93);q=pow(aces(q*.76),vec3(1./2.2));
 float sh=under()*(1.-c.a);vec4 r=vec4(q*c.a,c.a)+vec4(vec3(0),sh);
 for(int i=0;i<4;i++){if(G[i].w<=0.)continue;float d=length(t-G[i].xy)/G[i].z;float g=G[i].w*pow(max(1.-d,0.),2.2);r=vec4(r.rgb+GC[i]*g*(1.-r.rgb),r.a+(1.-r.a)*g*.55);r.rgb=min(r.rgb,vec3(r.a));}
 if(c.a<.004&&r.a>0.){float k=floor(r.a*96.+.5)/96.;r*=k/r.a;}
 o=r;}`;

const mul = (a, b) => { const o = new Float32Array(16); for (let c = 0; c < 4; c++) for (let r = 0; r < 4; r++) { let s = 0; for (let k = 0; k < 4; k++) s += a[k * 4 + r] * b[c * 4 + k]; o[c * 4 + r] = s; } return o; };
const norm = v => { const l = Math.hypot(...v); return v.map(x => x / l); };
const crs = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const look = (eye, to, up) => { const f = norm(to.map((x, k) => x - eye[k])), r = norm(crs(f, up)), u = crs(r, f), d = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; return new Float32Array([r[0], u[0], -f[0], 0, r[1], u[1], -f[1], 0, r[2], u[2], -f[2], 0, -d(r, eye), -d(u, eye), d(f, eye), 1]); };
const ortho = (R, n, f) => new Float32Array([1 / R, 0, 0, 0, 0, 1 / R, 0, 0, 0, 0, -2 / (f - n), 0, 0, 0, -(f + n) / (f - n), 1]);
const persp = (F, n, f, jx, jy) => new Float32Array([F, 0, 0, 0, 0, F, 0, 0, jx, jy, (f + n) / (n - f), -1, 0, 0, 2 * f * n / (n - f), 0]);
const halton = (i, b) => { let f = 1, r = 0; while (i > 0) { f /= b; r += f * (i % b); i = Math.floor(i / b); } return r; };
export const lin = h => [1, 3, 5].map(i => Math.pow(parseInt(h.slice(i, i + 2), 16) / 255, 2.2));

const canvas = document.createElement('canvas'), gl = canvas.getContext('webgl2', { premultipliedAlpha: true, preserveDrawingBuffer: true, antialias: false });
gl.getExtension('EXT_color_buffer_float'); gl.getExtension('EXT_float_blend');
const compile = (t, s) => { const x = gl.createShader(t); gl.shaderSource(x, s); gl.compileShader(x); if (!gl.getShaderParameter(x, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(x)); return x; };
const program = (v, f) => { const p = gl.createProgram(); gl.attachShader(p, compile(gl.VERTEX_SHADER, v)); gl.attachShader(p, compile(gl.FRAGMENT_SHADER, f)); gl.linkProgram(p); if (!gl.getProgramParameter(p, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(p)); const c = {}; return { p, u: n => c[n] ??= gl.getUniformLocation(p, n) }; };
const main = program(VS, FS), shade = program(SVS, SFS), add = program(QVS, ADD), end = program(QVS, END);
const SM = 1024, shadowMaps = [0, 1].map(() => {
  const t = gl.createTexture(); gl.bindTexture(gl.TEXTURE_2D, t); gl.texStorage2D(gl.TEXTURE_2D, 1, gl.DEPTH_COMPONENT24, SM, SM);
  for (const [k, v] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_COMPARE_MODE, gl.COMPARE_REF_TO_TEXTURE], [gl.TEXTURE_COMPARE_FUNC, gl.LEQUAL], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) gl.texParameteri(gl.TEXTURE_2D, k, v);
  const f = gl.createFramebuffer(); gl.bindFramebuffer(gl.FRAMEBUFFER, f); gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, t, 0); return { t, f };
});
const target = (size, depth) => {
  const t = gl.createTexture(); gl.bindTexture(gl.TEXTURE_2D, t); gl.texStorage2D(gl.TEXTURE_2D, 1, depth ? gl.RGBA16F : gl.RGBA32F, size, size);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST); gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  const f = gl.createFramebuffer(); gl.bindFramebuffer(gl.FRAMEBUFFER, f); gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, t, 0);
  if (depth) { const r = gl.createRenderbuffer(); gl.bindRenderbuffer(gl.RENDERBUFFER, r); gl.renderbufferStorage(gl.RENDERBUFFER, gl.DEPTH_COMPONENT24, size, size); gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.RENDERBUFFER, r); }
  return { t, f };
};
const vao = (p, n, uv, i) => {
  const v = gl.createVertexArray(); gl.bindVertexArray(v);
  [[p, 3], [n, 3], [uv, 2]].forEach(([d, k], a) => { gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer()); gl.bufferData(gl.ARRAY_BUFFER, new Float32Array(d), gl.STATIC_DRAW); gl.enableVertexAttribArray(a); gl.vertexAttribPointer(a, k, gl.FLOAT, false, 0, 0); });
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer()); gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint32Array(i), gl.STATIC_DRAW); return { v, n: i.length };
};
const floor = vao([-4, 0, -4, 4, 0, -4, 4, 0, 4, -4, 0, 4], [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 2, 0, 2, 3]);
const quad = gl.createVertexArray(); gl.bindVertexArray(quad); gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer()); gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW); gl.enableVertexAttribArray(0); gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
const white = (() => { const t = gl.createTexture(); gl.bindTexture(gl.TEXTURE_2D, t); gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array([255, 255, 255, 255])); return t; })();
const texture = c => {
  const t = gl.createTexture(); gl.bindTexture(gl.TEXTURE_2D, t); gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.SRGB8_ALPHA8, gl.RGBA, gl.UNSIGNED_BYTE, c); gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR); gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.REPEAT); gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE); return t;
};

const EL = .20, TA = [0, 1.08, 0], EYE = [0, 1.08 + 9 * Math.sin(EL), 9 * Math.cos(EL)], FOCAL = 5.5;
const view = look(EYE, TA, [0, 1, 0]);
const project = q => { const m = mul(persp(FOCAL, 5, 14, 0, 0), view), c = [0, 1, 3].map(r => m[r] * q[0] + m[4 + r] * q[1] + m[8 + r] * q[2] + m[12 + r]); return [c[0] / c[2] * .5 + .5, c[1] / c[2] * .5 + .5]; };

/** Renders the object {parts, glows, point} at size² with `samples` lights and returns the canvas. */
export function picture(object, size, samples) {
  canvas.width = canvas.height = size;
  const made = [], track = x => (made.push(x), x), pass = target(size, true), sum = target(size, false), ground = target(Math.round(size * .28), false);
  // only the part of the square that the object covers is drawn and summed
  const m = mul(persp(FOCAL, 5, 14, 0, 0), view), edge = [1, 1, 0, 0];
  const frame = p => { for (let k = 0; k < p.length; k += 3) { const [x, y, w] = [0, 1, 3].map(r => m[r] * p[k] + m[4 + r] * p[k + 1] + m[8 + r] * p[k + 2] + m[12 + r]), u = x / w * .5 + .5, v = y / w * .5 + .5; edge[0] = Math.min(edge[0], u); edge[1] = Math.min(edge[1], v); edge[2] = Math.max(edge[2], u); edge[3] = Math.max(edge[3], v); } };
  const turned = q => { const c = Math.cos(object.turn), z = Math.sin(object.turn); return [q[0] * c + q[2] * z, q[1], q[2] * c - q[0] * z]; };
  // one draw for all that looks alike, and one for everything that throws a shadow
  const alike = new Map(), ids = new Map(), casting = [];
  for (const { mesh, mat } of object.parts) {
    if (mat.map && !ids.has(mat.map)) ids.set(mat.map, ids.size);
    const key = JSON.stringify({ ...mat, map: mat.map ? ids.get(mat.map) : null }), m = mesh.copy().ry(object.turn);
    frame(m.p); alike.set(key, { mat, list: [...(alike.get(key)?.list ?? []), m] });
    if ((mat.alpha ?? 1) > .6 && !mat.noShadow) casting.push(m);
  }
  const parts = [...alike.values()].map(({ mat, list }) => { const m = join(list); return { ...vao(m.p, m.n, m.uv, m.i), mat, t: mat.map ? track(texture(mat.map)) : null }; });
  const whole = join(casting), shadows = vao(whole.p, whole.n, whole.uv, whole.i);
  parts.sort((a, b) => (a.mat.alpha ?? 1) < 1 ? ((b.mat.alpha ?? 1) < 1 ? 0 : 1) : ((b.mat.alpha ?? 1) < 1 ? -1 : 0));
  gl.bindFramebuffer(gl.FRAMEBUFFER, sum.f); gl.viewport(0, 0, size, size); gl.clearColor(0, 0, 0, 0); gl.clear(gl.COLOR_BUFFER_BIT);
  gl.bindFramebuffer(gl.FRAMEBUFFER, ground.f); gl.clear(gl.COLOR_BUFFER_BIT);
  const box = [Math.floor(edge[0] * size) - 3, Math.floor(edge[1] * size) - 3, Math.ceil((edge[2] - edge[0]) * size) + 6, Math.ceil((edge[3] - edge[1]) * size) + 6];
  const K0 = norm([-.55, 1.05, .62]), kx = norm(crs(K0, [0, 1, 0])), ky = crs(kx, K0);
  for (let s = 0; s < samples; s++) {
    const a = halton(s + 1, 2), b = halton(s + 1, 3), c = halton(s + 1, 5), d = halton(s + 1, 7), e = halton(s + 1, 11), f = halton(s + 1, 13);
    const r = Math.sqrt(a) * .17, w = 2 * Math.PI * b, K = norm(K0.map((x, k) => x + kx[k] * r * Math.cos(w) + ky[k] * r * Math.sin(w)));
    const y = .02 + .98 * c, h = Math.sqrt(1 - y * y), D = [h * Math.cos(2 * Math.PI * d), y, h * Math.sin(2 * Math.PI * d)];
    const S = [K, D].map(L => mul(ortho(2.35, .5, 11), look([0, 1, 0].map((x, k) => x + L[k] * 6), [0, 1, 0], Math.abs(L[1]) > .95 ? [1, 0, 0] : [0, 1, 0])));
    gl.disable(gl.BLEND); gl.enable(gl.DEPTH_TEST); gl.depthMask(true); gl.disable(gl.CULL_FACE); gl.enable(gl.POLYGON_OFFSET_FILL); gl.polygonOffset(1.5, 2);
    gl.useProgram(shade.p); gl.viewport(0, 0, SM, SM);
    shadowMaps.forEach((m, k) => { gl.bindFramebuffer(gl.FRAMEBUFFER, m.f); gl.clear(gl.DEPTH_BUFFER_BIT); gl.uniformMatrix4fv(shade.u('S'), false, S[k]); gl.bindVertexArray(shadows.v); gl.drawElements(gl.TRIANGLES, shadows.n, gl.UNSIGNED_INT, 0); });
    gl.disable(gl.POLYGON_OFFSET_FILL);
    gl.bindFramebuffer(gl.FRAMEBUFFER, pass.f); gl.viewport(0, 0, size, size); gl.enable(gl.SCISSOR_TEST); gl.scissor(...box); gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.useProgram(main.p); const u = main.u;
    gl.uniformMatrix4fv(u('VP'), false, mul(persp(FOCAL, 5, 14, (e - .5) * 2 / size, (f - .5) * 2 / size), view));
    gl.uniformMatrix4fv(u('S0'), false, S[0]); gl.uniformMatrix4fv(u('S1'), false, S[1]);
    gl.uniform3fv(u('K'), K); gl.uniform3fv(u('D'), D); gl.uniform3fv(u('EYE'), EYE);
    const pt = object.point; gl.uniform3fv(u('PL'), pt ? turned(pt.at) : [0, 9, 0]); gl.uniform3fv(u('PC'), pt ? lin(pt.color).map(x => x * pt.power) : [0, 0, 0]);
    shadowMaps.forEach((m, k) => { gl.activeTexture(gl.TEXTURE0 + k); gl.bindTexture(gl.TEXTURE_2D, m.t); gl.uniform1i(u('M' + k), k); });
    gl.activeTexture(gl.TEXTURE2); gl.uniform1i(u('T'), 2);
    for (const q of parts) {
      const m = q.mat, al = m.alpha ?? 1;
      if (al < 1) { gl.enable(gl.BLEND); gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA); gl.depthMask(false); } else { gl.disable(gl.BLEND); gl.depthMask(true); }
      gl.bindTexture(gl.TEXTURE_2D, q.t ?? white); gl.uniform1f(u('hasT'), q.t ? 1 : 0); gl.uniform1f(u('floorOn'), 0);
      gl.uniform3fv(u('C'), lin(m.color ?? '#ffffff')); gl.uniform3fv(u('E'), m.emit ? lin(m.emit).map(x => x * (m.power ?? 1)) : [0, 0, 0]);
      gl.uniform1f(u('rough'), m.rough ?? .5); gl.uniform1f(u('metal'), m.metal ?? 0); gl.uniform1f(u('alpha'), al); gl.uniform1f(u('coat'), m.coat ?? 0); gl.uniform1f(u('grain'), m.grain ?? .05); gl.uniform1f(u('sheen'), m.sheen ?? 0);
      gl.bindVertexArray(q.v); gl.drawElements(gl.TRIANGLES, q.n, gl.UNSIGNED_INT, 0);
    }
    // the floor is summed apart, coarser, and laid under the object at the end: its shadow stays smooth and small as a file
    gl.disable(gl.SCISSOR_TEST); gl.bindFramebuffer(gl.FRAMEBUFFER, ground.f); gl.viewport(0, 0, Math.round(size * .28), Math.round(size * .28)); gl.uniform1f(u('floorOn'), 1); gl.uniform1f(u('hasT'), 0); gl.bindTexture(gl.TEXTURE_2D, white);
    gl.enable(gl.BLEND); gl.blendFunc(gl.ONE, gl.ONE); gl.depthMask(false); gl.disable(gl.DEPTH_TEST); gl.bindVertexArray(floor.v); gl.drawElements(gl.TRIANGLES, floor.n, gl.UNSIGNED_INT, 0);
    gl.viewport(0, 0, size, size);
    gl.enable(gl.SCISSOR_TEST); gl.bindFramebuffer(gl.FRAMEBUFFER, sum.f); gl.useProgram(add.p); gl.activeTexture(gl.TEXTURE0); gl.bindTexture(gl.TEXTURE_2D, pass.t); gl.uniform1i(add.u('X'), 0); gl.blendFunc(gl.ONE, gl.ONE); gl.bindVertexArray(quad); gl.drawArrays(gl.TRIANGLES, 0, 3); gl.disable(gl.SCISSOR_TEST);
  }
  gl.bindFramebuffer(gl.FRAMEBUFFER, null); gl.disable(gl.BLEND); gl.useProgram(end.p); gl.bindTexture(gl.TEXTURE_2D, sum.t); gl.uniform1i(end.u('X'), 0); gl.activeTexture(gl.TEXTURE1); gl.bindTexture(gl.TEXTURE_2D, ground.t); gl.uniform1i(end.u('Y'), 1); gl.activeTexture(gl.TEXTURE0); gl.uniform1f(end.u('n'), samples);
  const G = new Float32Array(16), GC = new Float32Array(12); (object.glows ?? []).forEach((g, k) => { G.set([...project(turned(g.at)), g.r / 3.27, g.power], k * 4); GC.set(lin(g.color).map(x => Math.pow(x, 1 / 2.2)), k * 3); });
  gl.uniform4fv(end.u('G'), G); gl.uniform3fv(end.u('GC'), GC);
  gl.clear(gl.COLOR_BUFFER_BIT); gl.bindVertexArray(quad); gl.drawArrays(gl.TRIANGLES, 0, 3); gl.finish();
  for (const x of [pass, sum, ground]) { gl.deleteTexture(x.t); gl.deleteFramebuffer(x.f); }
  made.forEach(t => gl.deleteTexture(t)); parts.forEach(q => gl.deleteVertexArray(q.v));
  const out = document.createElement('canvas'); out.width = out.height = size; out.getContext('2d').drawImage(canvas, 0, 0); return out;
}
