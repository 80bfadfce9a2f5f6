"""Wrong functions as students write them: each is rejected, and named alone or in an honest tie."""

from math import cos, exp, sin

import numpy as np
import pytest
from chainrule_lib.judge import Exam, judge, tasks
from chainrule_lib.judge import candidates as room
from chainrule_lib.judge.decide import plan
from test_acceptance import RIGHT

KEY = b"d" * 32
SCALAR = [task_id for task_id in RIGHT if task_id < "a3"]


def build(parameters, values, **pieces):
    """A function of the parameters that evaluates the pieces in order and returns the last one, as a student
    would write it."""
    table = {**values, **pieces}
    lines = "".join(f"    {name} = {text}\n" for name, text in table.items())
    space = {"sin": sin, "cos": cos, "exp": exp, "np": np}
    exec(f"def function({parameters}):\n{lines}    return {list(table)[-1]}\n", space)
    return space["function"]


FORMS = {
    "a3.general_grad": ("v, J", dict(z="v@J")),
    "a3.jacobian_chain": ("f, Jf, g, Jg, x", dict(u="g(x)", A="Jf(u)", B="Jg(x)", z="A@B")),
    "a3.vjp_chain": ("v, jacs", dict(a="v@jacs[2]", b="a@jacs[1]", c="b@jacs[0]", z="c")),
    "a3.softmax_jacobian": ("z", dict(s="np.exp(z)/np.exp(z).sum()", J="np.diag(s)-np.outer(s,s)")),
    "a3.implicit_slope": ("F, Fx, Fy, x, y", dict(a="Fx(x,y)", b="Fy(x,y)", z="-a/b")),
    "a1.chain": ("f, df, g, dg, x", dict(u="g(x)", a="df(u)", p="dg(x)", z="a*p")),
    "a1.d_triple": ("x", dict(u="x*x", v="sin(u)", a="exp(v)", b="cos(u)", c="2*x", z="a*b*c")),
    "a1.neuron_grads": (
        "w, b, x, y",
        dict(s="w*x+b", a="1/(1+exp(-s))", e="2*(a-y)", q="a*(1-a)", i="x", u="e*q*i", v="e*q", z="(u,v)"),
    ),
    "a1.second": ("df, d2f, g, dg, d2g, x", dict(u="g(x)", a="d2f(u)", p="dg(x)", b="df(u)", q="d2g(x)", z="a*p*p+b*q")),
    "a2.dz_dt": ("t", dict(x="cos(2*t)", y="t*t+t", a="2*x*y", b="x*x+cos(y)", p="-2*sin(2*t)", q="2*t+1", z="a*p+b*q")),
    "a2.two_path": (
        "f, fx, fy, g, dg, h, dh, t",
        dict(x="g(t)", y="h(t)", a="fx(x,y)", b="fy(x,y)", p="dg(t)", q="dh(t)", z="a*p+b*q"),
    ),
    "a2.total_derivative": (
        "t, k",
        dict(x="sin(t)", y="exp(k*t)", c="x*x", a="y+2*t*x", b="x", p="cos(t)", q="k*exp(k*t)", z="c+a*p+b*q"),
    ),
    "a2.polar": (
        "f, fx, fy, r, th",
        dict(x="r*cos(th)", y="r*sin(th)", a="fx(x,y)", b="fy(x,y)", u="a*cos(th)+b*sin(th)",
             v="-a*r*sin(th)+b*r*cos(th)", z="(u,v)"),
    ),
}  # fmt: skip

# task, the pieces that are wrong, and every name that is right ("M02|M44": either is; "M01+M02": two slips at once).
WRONG = [
    ("a3.general_grad", dict(z="J@v"), "M04"),
    ("a3.general_grad", dict(z="J.sum(0)"), "M20"),
    ("a3.general_grad", dict(z="v.sum()*J.sum(0)"), "M16"),
    ("a3.general_grad", dict(z="(v[:,None]*J).prod(0)"), "M15"),
    ("a3.general_grad", dict(z="(v[:,None]+J).sum(0)"), "M18"),
    ("a3.general_grad", dict(z="v[-1]*J[-1]"), "M02"),
    ("a3.general_grad", dict(z="v[1:]@J[1:]"), "M02"),
    ("a3.general_grad", dict(z="(v[:,None]*J).mean(0)"), "M06"),
    ("a3.general_grad", dict(z="v@J/J.shape[1]"), "M06"),
    ("a3.general_grad", dict(z="v[::-1]@J"), "M17"),
    ("a3.general_grad", dict(z="-v@J"), "M10"),
    ("a3.general_grad", dict(z="2*(v@J)"), "M11"),
    ("a3.general_grad", dict(z="(v@J).astype(int)"), "M46"),
    ("a3.general_grad", dict(z="-v[1:]@J[1:]"), "M02+M10"),
    ("a3.jacobian_chain", dict(z="B@A"), "M27"),
    ("a3.jacobian_chain", dict(z="(A@B).T"), "M28"),
    ("a3.jacobian_chain", dict(z="A.T@B"), "M04"),
    ("a3.jacobian_chain", dict(z="A*B"), "M26"),
    ("a3.jacobian_chain", dict(z="A+B"), "M18"),
    ("a3.jacobian_chain", dict(A="Jf(x)"), "M07"),
    ("a3.jacobian_chain", dict(B="Jg(u)"), "M07"),
    ("a3.jacobian_chain", dict(z="Jg(f(x))@Jf(x)"), "M50"),
    ("a3.jacobian_chain", dict(z="A"), "M01"),
    ("a3.jacobian_chain", dict(z="B"), "M20"),
    ("a3.jacobian_chain", dict(z="-A@B"), "M10"),
    ("a3.jacobian_chain", dict(z="-(A@B).T"), "M10+M28"),
    ("a3.vjp_chain", dict(a="v@jacs[0]", c="b@jacs[2]"), "M27"),
    ("a3.vjp_chain", dict(a="jacs[2]@v", b="jacs[1]@a", c="jacs[0]@b"), "M04"),
    ("a3.vjp_chain", dict(c="b"), "M37"),
    ("a3.vjp_chain", dict(b="v@jacs[1]"), "M37|M20"),
    ("a3.vjp_chain", dict(a="jacs[2].sum(0)"), "M20"),
    ("a3.vjp_chain", dict(z="-c"), "M10"),
    ("a3.vjp_chain", dict(b="a*np.diag(jacs[1])"), "M26"),
    ("a3.vjp_chain", dict(c="(b[:,None]*jacs[0]).mean(0)"), "M06"),
    ("a3.softmax_jacobian", dict(J="np.diag(s*(1-s))"), "M29"),
    ("a3.softmax_jacobian", dict(J="np.diag(s)"), "M49"),
    ("a3.softmax_jacobian", dict(J="-np.outer(s,s)"), "M02"),
    ("a3.softmax_jacobian", dict(J="np.outer(s,s)-np.diag(s)"), "M10"),
    ("a3.softmax_jacobian", dict(J="np.diag(s)+np.outer(s,s)"), "M10"),
    ("a3.softmax_jacobian", dict(J="np.diag(z)-np.outer(z,z)"), "M08"),
    ("a3.softmax_jacobian", dict(J="np.eye(len(s))-s"), "M20"),
    ("a3.softmax_jacobian", dict(J="2*(np.diag(s)-np.outer(s,s))"), "M11"),
    ("a3.softmax_jacobian", dict(J="s[:,None]*(np.diag(s)-np.outer(s,s))"), "M31"),
    ("a3.implicit_slope", dict(z="a/b"), "M52"),
    ("a3.implicit_slope", dict(z="-b/a"), "M52"),
    ("a3.implicit_slope", dict(z="-a*b"), "M52"),
    ("a3.implicit_slope", dict(z="a"), "M13"),
    ("a3.implicit_slope", dict(a="Fx(y,x)", b="Fy(y,x)"), "M50"),
    ("a3.implicit_slope", dict(a="Fx(x,x)", b="Fy(x,x)"), "M07"),
    ("a3.implicit_slope", dict(a="F(x,y)"), "M44"),
    ("a3.implicit_slope", dict(a="Fx(y,x)", b="Fy(y,x)", z="a/b"), "M50+M52"),
    ("a1.chain", dict(p="1"), "M01"),
    ("a1.chain", dict(a="1"), "M20"),
    ("a1.chain", dict(u="x"), "M07"),
    ("a1.chain", dict(a="df(dg(x))"), "M07"),
    ("a1.chain", dict(p="dg(u)"), "M07"),
    ("a1.chain", dict(z="a+p"), "M18"),
    ("a1.chain", dict(z="df(x)*g(x)+f(x)*dg(x)"), "M19"),
    ("a1.chain", dict(z="a*g(x)+f(u)*p"), "M19"),
    ("a1.chain", dict(u="f(x)", a="dg(u)", p="df(x)"), "M50"),
    ("a1.chain", dict(a="f(u)"), "M44"),
    ("a1.chain", dict(p="g(x)"), "M44"),
    ("a1.chain", dict(z="-a*p"), "M10"),
    ("a1.chain", dict(z="2*a*p"), "M11"),
    ("a1.chain", dict(z="a*p*p"), "M31"),
    ("a1.d_triple", dict(c="1"), "M01|M37"),
    ("a1.d_triple", dict(c="1", b="1"), "M37"),
    ("a1.d_triple", dict(a="1"), "M20"),
    ("a1.d_triple", dict(b="1"), "M01|M44"),
    ("a1.d_triple", dict(c="x"), "M11|M44"),
    ("a1.d_triple", dict(c="x*x"), "M44"),
    ("a1.d_triple", dict(b="-cos(u)"), "M10"),
    ("a1.d_triple", dict(b="sin(u)"), "M44"),
    ("a1.d_triple", dict(b="cos(x)"), "M07"),
    ("a1.d_triple", dict(a="exp(x)"), "M07"),
    ("a1.d_triple", dict(a="exp(cos(x*x)*2*x)"), "M07"),
    ("a1.d_triple", dict(a="v*exp(v-1)"), "M44"),
    ("a1.d_triple", dict(z="a+b+c"), "M18"),
    ("a1.d_triple", dict(z="exp(sin(x)**2)*2*sin(x)*cos(x)"), "M50"),
    ("a1.neuron_grads", dict(q="1"), "M09"),
    ("a1.neuron_grads", dict(q="s*(1-s)"), "M08"),
    ("a1.neuron_grads", dict(q="a"), "M44"),
    ("a1.neuron_grads", dict(q="1-a"), "M44"),
    ("a1.neuron_grads", dict(q="a*(1-a)*a*(1-a)"), "M31"),
    ("a1.neuron_grads", dict(e="a-y"), "M11|M44"),
    ("a1.neuron_grads", dict(e="2*(y-a)"), "M10"),
    ("a1.neuron_grads", dict(e="1"), "M20"),
    ("a1.neuron_grads", dict(i="1"), "M01"),
    ("a1.neuron_grads", dict(i="w"), "M25"),
    ("a1.neuron_grads", dict(z="(v,u)"), "M50"),
    ("a1.neuron_grads", dict(e="a-y", i="1"), "M01+M11"),
    ("a1.neuron_grads", dict(e="a-y", q="1"), "M09+M11"),
    ("a1.second", dict(z="a*p*p"), "M45"),
    ("a1.second", dict(z="b*q"), "M45"),
    ("a1.second", dict(z="a*p+b*q"), "M45"),
    ("a1.second", dict(z="a*q"), "M45"),
    ("a1.second", dict(z="a*p*p-b*q"), "M10"),
    ("a1.second", dict(u="x"), "M07"),
    ("a1.second", dict(a="d2f(x)"), "M07"),
    ("a1.second", dict(b="df(x)"), "M07"),
    ("a1.second", dict(z="a*p*p+q"), "M20|M45"),
    ("a1.second", dict(z="2*(a*p*p+b*q)"), "M11"),
    ("a2.dz_dt", dict(z="a*p"), "M02"),
    ("a2.dz_dt", dict(z="b*q"), "M02"),
    ("a2.dz_dt", dict(b="cos(y)"), "M02|M44"),
    ("a2.dz_dt", dict(b="x*x"), "M02|M44"),
    ("a2.dz_dt", dict(b="2*x+cos(y)"), "M44"),
    ("a2.dz_dt", dict(b="x*x-cos(y)"), "M10|M44"),
    ("a2.dz_dt", dict(b="x*x+sin(y)"), "M44"),
    ("a2.dz_dt", dict(b="x*x-sin(y)"), "M44"),
    ("a2.dz_dt", dict(b="x*x+cos(t)"), "M07"),
    ("a2.dz_dt", dict(p="-sin(2*t)"), "M01"),
    ("a2.dz_dt", dict(p="2*sin(2*t)"), "M10"),
    ("a2.dz_dt", dict(p="-2*sin(t)"), "M07"),
    ("a2.dz_dt", dict(p="-2*cos(2*t)"), "M44"),
    ("a2.dz_dt", dict(p="2*cos(2*t)"), "M44"),
    ("a2.dz_dt", dict(p="-2"), "M20"),
    ("a2.dz_dt", dict(p="2"), "M20"),
    ("a2.dz_dt", dict(q="2*t"), "M44"),
    ("a2.dz_dt", dict(q="1"), "M44"),
    ("a2.dz_dt", dict(q="2"), "M44"),
    ("a2.dz_dt", dict(q="t*t+t"), "M44"),
    ("a2.dz_dt", dict(q="2*t+t"), "M44"),
    ("a2.dz_dt", dict(a="2*t*t", b="t*t+cos(t)"), "M07"),
    ("a2.dz_dt", dict(a="2*t*t"), "M07"),
    ("a2.dz_dt", dict(a="2*t*y"), "M07"),
    ("a2.dz_dt", dict(a="x*x"), "M44"),
    ("a2.dz_dt", dict(a="x*y"), "M44"),
    ("a2.dz_dt", dict(a="2*x"), "M44"),
    ("a2.dz_dt", dict(a="2*y"), "M44"),
    ("a2.dz_dt", dict(a="2*x*y+x*x"), "M44"),
    ("a2.dz_dt", dict(z="a*p*b*q"), "M15"),
    ("a2.dz_dt", dict(z="(a+b)*(p+q)"), "M16"),
    ("a2.dz_dt", dict(z="a*q+b*p"), "M17"),
    ("a2.dz_dt", dict(z="a+p+b+q"), "M18"),
    ("a2.dz_dt", dict(z="(a+p)*(b+q)"), "M18"),
    ("a2.dz_dt", dict(z="a+b"), "M01"),
    ("a2.dz_dt", dict(z="a+b*q"), "M01"),
    ("a2.dz_dt", dict(z="p+q"), "M20"),
    ("a2.dz_dt", dict(z="p+b*q"), "M20"),
    ("a2.dz_dt", dict(z="a"), "M13"),
    ("a2.dz_dt", dict(z="-(a*p+b*q)"), "M10"),
    ("a2.dz_dt", dict(z="a*p-b*q"), "M10"),
    ("a2.dz_dt", dict(z="2*(a*p+b*q)"), "M11"),
    ("a2.dz_dt", dict(z="(a*p+b*q)/2"), "M11"),
    ("a2.dz_dt", dict(z="a*p+2*b*q"), "M22"),
    ("a2.dz_dt", dict(z="a*p*p+b*q"), "M31"),
    ("a2.dz_dt", dict(z="a*p+a*q"), "M40"),
    ("a2.dz_dt", dict(z="int(a*p+b*q)"), "M46"),
    ("a2.dz_dt", dict(x="t*t+t", y="cos(2*t)", p="2*t+1", q="-2*sin(2*t)"), "M50"),
    ("a2.dz_dt", dict(p="2*sin(2*t)", z="a*p"), "M02+M10"),
    ("a2.dz_dt", dict(p="-sin(2*t)", z="a*p"), "M01+M02"),
    ("a2.dz_dt", dict(p="2*sin(2*t)", z="a*q+b*p"), "M10+M17"),
    ("a2.dz_dt", dict(p="sin(2*t)"), "M01+M10"),
    ("a2.two_path", dict(z="a*p"), "M02"),
    ("a2.two_path", dict(a="fx(t,t)", b="fy(t,t)"), "M07"),
    ("a2.two_path", dict(a="fx(dg(t),dh(t))", b="fy(dg(t),dh(t))"), "M07"),
    ("a2.two_path", dict(a="fx(x,t)", b="fy(t,y)"), "M07"),
    ("a2.two_path", dict(a="fx(t,y)"), "M07"),
    ("a2.two_path", dict(p="dg(x)", q="dh(y)"), "M07"),
    ("a2.two_path", dict(p="dg(x)"), "M07"),
    ("a2.two_path", dict(a="fx(y,x)", b="fy(y,x)"), "M50"),
    ("a2.two_path", dict(x="h(t)", y="g(t)", p="dh(t)", q="dg(t)"), "M50"),
    ("a2.two_path", dict(p="dh(t)", q="dg(t)"), "M17"),
    ("a2.two_path", dict(z="a*p*b*q"), "M15"),
    ("a2.two_path", dict(z="(a+b)*(p+q)"), "M16"),
    ("a2.two_path", dict(z="a+b"), "M01"),
    ("a2.two_path", dict(p="1"), "M01"),
    ("a2.two_path", dict(z="p+q"), "M20"),
    ("a2.two_path", dict(p="x", q="y"), "M44"),
    ("a2.two_path", dict(a="f(x,y)", b="f(x,y)"), "M44"),
    ("a2.two_path", dict(z="p*y+x*q"), "M19"),
    ("a2.two_path", dict(z="a"), "M13"),
    ("a2.two_path", dict(b="fx(x,y)"), "M40"),
    ("a2.two_path", dict(q="dg(t)"), "M40"),
    ("a2.two_path", dict(z="a*p-b*q"), "M10"),
    ("a2.two_path", dict(z="2*a*p+b*q"), "M22"),
    ("a2.two_path", dict(a="fx(t,t)", z="a*p"), "M02+M07"),
    ("a2.two_path", dict(a="fx(t,t)", b="fy(t,t)", z="a*q+b*p"), "M07+M17"),
    ("a2.total_derivative", dict(z="a*p+b*q"), "M14"),
    ("a2.total_derivative", dict(z="c"), "M13"),
    ("a2.total_derivative", dict(z="c+a*p"), "M02|M13"),
    ("a2.total_derivative", dict(z="c+b*q"), "M02|M13"),
    ("a2.total_derivative", dict(z="a*p"), "M02"),
    ("a2.total_derivative", dict(q="exp(k*t)"), "M01"),
    ("a2.total_derivative", dict(q="t*exp(k*t)"), "M25|M44"),
    ("a2.total_derivative", dict(q="k*exp(t)"), "M07"),
    ("a2.total_derivative", dict(q="k*t*exp(k*t)"), "M44"),
    ("a2.total_derivative", dict(q="exp(k*t)*k*k"), "M31"),
    ("a2.total_derivative", dict(q="k*t*exp(k*t-1)"), "M44"),
    ("a2.total_derivative", dict(a="2*t*x"), "M02|M44"),
    ("a2.total_derivative", dict(a="y"), "M02|M44"),
    ("a2.total_derivative", dict(a="y+t*x"), "M44"),
    ("a2.total_derivative", dict(a="y+2*x"), "M44"),
    ("a2.total_derivative", dict(a="x+2*t*x"), "M25"),
    ("a2.total_derivative", dict(a="x+2*t*x", b="y"), "M25"),
    ("a2.total_derivative", dict(c="2*t*x"), "M44"),
    ("a2.total_derivative", dict(c="2*x"), "M44"),
    ("a2.total_derivative", dict(c="1"), "M44"),
    ("a2.total_derivative", dict(p="-cos(t)"), "M10"),
    ("a2.total_derivative", dict(p="sin(t)"), "M44"),
    ("a2.total_derivative", dict(z="c+a*p*b*q"), "M15"),
    ("a2.total_derivative", dict(z="c*(a*p+b*q)"), "M15"),
    ("a2.total_derivative", dict(z="c+(a+b)*(p+q)"), "M16"),
    ("a2.total_derivative", dict(z="c+a*q+b*p"), "M17"),
    ("a2.total_derivative", dict(z="c+a+b"), "M01"),
    ("a2.total_derivative", dict(z="c+a+p+b+q"), "M18"),
    ("a2.total_derivative", dict(z="2*c+a*p+b*q"), "M22"),
    ("a2.total_derivative", dict(z="-c+a*p+b*q"), "M10"),
    ("a2.total_derivative", dict(q="exp(k*t)", z="a*p+b*q"), "M01+M14"),
    ("a2.polar", dict(z="(v,u)"), "M50"),
    ("a2.polar", dict(v="-a*sin(th)+b*cos(th)"), "M01|M44"),
    ("a2.polar", dict(v="-a*sin(th)+b*r*cos(th)"), "M01|M44"),
    ("a2.polar", dict(v="a*r*sin(th)+b*r*cos(th)"), "M10"),
    ("a2.polar", dict(v="a*r*cos(th)+b*r*sin(th)"), "M44"),
    ("a2.polar", dict(v="-a*r*r*sin(th)+b*r*r*cos(th)"), "M31"),
    ("a2.polar", dict(a="fx(r,th)", b="fy(r,th)"), "M07"),
    ("a2.polar", dict(a="fx(y,x)", b="fy(y,x)"), "M50"),
    (
        "a2.polar",
        dict(x="r*sin(th)", y="r*cos(th)", u="a*sin(th)+b*cos(th)", v="a*r*cos(th)-b*r*sin(th)"),
        "M50",
    ),
    ("a2.polar", dict(u="a*sin(th)+b*cos(th)"), "M17"),
    ("a2.polar", dict(u="a*sin(th)+b*cos(th)", v="a*r*cos(th)-b*r*sin(th)"), "M17"),
    ("a2.polar", dict(u="a*cos(th)"), "M02"),
    ("a2.polar", dict(u="a*cos(th)", v="-a*r*sin(th)"), "M02"),
    ("a2.polar", dict(u="a", v="b"), "M13"),
    ("a2.polar", dict(u="a+b", v="a+b"), "M01"),
    ("a2.polar", dict(u="a*cos(th)*b*sin(th)"), "M15"),
    ("a2.polar", dict(u="(a+b)*(cos(th)+sin(th))", v="(a+b)*(r*cos(th)-r*sin(th))"), "M16"),
    ("a2.polar", dict(u="a*x+b*y"), "M44"),
    ("a2.polar", dict(u="a*cos(th)", v="a*r*sin(th)+b*r*cos(th)"), "M02+M10"),
    ("a2.polar", dict(z="(2*u,2*v)"), "M11"),
    ("a2.polar", dict(u="a*cos(th)-b*r*sin(th)", v="a*sin(th)+b*r*cos(th)"), "M04"),
    ("a2.polar", dict(a="fx(r,th)", b="fy(r,th)", v="a*r*sin(th)+b*r*cos(th)"), "M07+M10"),
]


def said(verdict):
    return {"+".join(sorted(ids)) for ids in verdict.diagnosis}


@pytest.mark.parametrize("seed", [None, KEY], ids=["public", "secret"])
@pytest.mark.parametrize(
    "task_id, pieces, label", WRONG, ids=[f"{t}-{'-'.join(p.values())}" for t, p, _ in WRONG]
)
def test_a_slip_is_rejected_and_named_alone_or_in_a_tie(task_id, pieces, label, seed):
    verdict = judge(task_id, build(*FORMS[task_id], **pieces), seed)
    assert not verdict.passed
    assert said(verdict) & set(label.split("|")), said(verdict)
    assert len(verdict.diagnosis) <= (6 if "+" in label else 4)


@pytest.mark.parametrize("task_id", FORMS)
def test_the_unmutated_form_passes(task_id):
    assert judge(task_id, build(*FORMS[task_id]), KEY).passed


UNKNOWN = [
    ("a2.dz_dt", dict(x="cos(3*t)")),
    ("a2.dz_dt", dict(z="3.7*(a*p+b*q)")),
    ("a2.dz_dt", dict(z="a*p+b*q+t")),
    ("a2.dz_dt", dict(z="1.0")),
    ("a2.dz_dt", dict(q="3*t*t-1")),
    ("a2.two_path", dict(z="a*p+b*q+0.001")),
    ("a2.two_path", dict(z="a/p+b/q*t")),
    ("a2.total_derivative", dict(q="exp(k*t)*sin(k)")),
    ("a2.polar", dict(v="0.0")),
    ("a2.polar", dict(u="a*cos(r)+b*sin(r)*1.1")),
]


@pytest.mark.parametrize("task_id, pieces", UNKNOWN, ids=[f"{t}-{'-'.join(p.values())}" for t, p in UNKNOWN])
def test_what_is_no_known_slip_gets_no_name(task_id, pieces):
    verdict = judge(task_id, build(*FORMS[task_id], **pieces), KEY)
    assert not verdict.passed and verdict.diagnosis == []
    assert "Your numbers are not those of any slip known here." in verdict.messages
    assert "By hand: work out each slope" in verdict.messages[-1]


def test_an_unknown_answer_of_constant_ratio_is_told_the_ratio():
    verdict = judge("a2.dz_dt", build(*FORMS["a2.dz_dt"], z="3.7*(a*p+b*q)"), KEY)
    assert "Your dz/dt is 3.7 times the right one at every probe." in verdict.messages


def test_a_function_that_returns_the_value_is_told_so():
    verdict = judge("a2.dz_dt", build(*FORMS["a2.dz_dt"], z="x*x*y+sin(y)"), KEY)
    assert (
        verdict.diagnosis == []
        and "Your function returns z: values, where derivatives are asked." == verdict.messages[-1]
    )


def test_the_derivative_in_another_argument_is_told():
    def towards_k(t, k):
        return sin(t) * t * exp(k * t)

    verdict = judge("a2.total_derivative", towards_k, KEY)
    assert (
        verdict.diagnosis == []
        and verdict.messages[-1] == "Your function returns the derivative in k; the one in t is asked."
    )


def test_arguments_taken_in_the_other_order_are_named():
    right = RIGHT["a2.total_derivative"]
    assert said(judge("a2.total_derivative", lambda t, k: right(k, t), KEY)) == {"M50"}


def test_a_broken_law_is_told():
    verdict = judge("a2.polar", build(*FORMS["a2.polar"], v="-a*sin(th)*0.3+b*cos(r)"), KEY)
    assert any("turning the axes keeps a length" in sentence for sentence in verdict.messages)


def test_float32_slips_are_named_as_well():
    wrong = build(*FORMS["a2.dz_dt"], z="a*q+b*p")
    assert said(judge("a2.dz_dt", lambda t: np.float32(wrong(t)), KEY)) == {"M17"}


OVERWRITES = "def dz_dt(t):\n    total = 2*x*y * dx\n    total = (x*x + cos(y)) * dy\n    return total"
DROPS = "def dz_dt(t):\n    x = cos(2*t)\n    return (x*x + cos(y)) * dy"
LOOPS = "def dz_dt(t):\n    for slope, speed in pairs:\n        total = total + slope\n    return total"


@pytest.mark.parametrize(
    "source, names",
    [
        (None, [("M02",), ("M03",)]),
        (OVERWRITES, [("M03",), ("M02",)]),
        (DROPS, [("M02",)]),
        (LOOPS, [("M02",), ("M03",)]),
    ],
)
def test_the_text_orders_or_breaks_a_tie_of_dropped_and_overwritten(source, names):
    exam = Exam("a2.dz_dt")
    wrong = build(*FORMS["a2.dz_dt"], z="b*q")
    verdict = exam.verdict([{"answer": wrong(*question["arguments"])} for question in exam.questions], source)
    assert verdict.diagnosis == names


def test_the_text_never_makes_a_name():
    exam = Exam("a2.dz_dt")
    wrong = build(*FORMS["a2.dz_dt"], z="a*q+b*p")
    verdict = exam.verdict(
        [{"answer": wrong(*question["arguments"])} for question in exam.questions], OVERWRITES
    )
    assert verdict.diagnosis == [("M17",)]


def test_no_name_is_given_on_fewer_than_three_numbers():
    exam = Exam("a2.dz_dt")
    wrong = build(*FORMS["a2.dz_dt"], z="a*q+b*p")
    answers = [{"answer": wrong(*question["arguments"])} for question in exam.questions]
    answers[2:] = [{"raised": "ValueError"}] * len(answers[2:])
    assert exam.verdict(answers).diagnosis == []


CANDIDATES = [(task_id, block.wrt) for task_id in SCALAR for block in tasks()[task_id].blocks]


@pytest.mark.parametrize("task_id, leaf", CANDIDATES)
def test_every_candidate_is_diagnosed_as_itself_or_in_a_tie(task_id, leaf):
    """Its own numbers, given as a student's answer, must bring its own name, unless a commoner slip gives the
    same ones."""
    examination = plan(task_id)
    table = room.singles(examination, leaf)
    exam = Exam(task_id)
    for candidate, values in list(zip(table.candidates, table.values))[::3]:
        if candidate.rank > 1 or candidate.slips[0].role == "block" or len(set(values.tolist())) == 1:
            continue
        answers = []
        for i in examination.order:
            blocks = {**examination.probes[i].expected, leaf: float(values[i])}
            numbers = list(blocks.values())
            answers.append({"answer": numbers[0] if len(numbers) == 1 else {"items": numbers, "type": "tuple"}})
        verdict = exam.verdict(answers)
        own = {ids[0] for ids in candidate.alternatives}
        better = {winner for winner, loser in room.BEATS if loser in own}
        assert {ids[0] for ids in verdict.diagnosis} & (own | better), (
            candidate.slips[0].site,
            verdict.diagnosis,
        )


def test_every_kind_of_slip_has_a_name_in_the_catalogue():
    known = room.catalogue()
    blocks = [(task_id, block.wrt) for task_id, task in tasks().items() for block in task.blocks]
    for task_id, leaf in blocks:
        for candidate in room.singles(plan(task_id), leaf).candidates:
            assert all(name in known for ids in candidate.alternatives for name in ids)
    assert all(name in known for names in room.NAMES.values() for text in names for name in text.split("+"))
    assert all(name in known for pair in room.BEATS for name in pair)
