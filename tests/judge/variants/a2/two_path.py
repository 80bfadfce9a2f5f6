"""a2.two_path: z = f(g(t), h(t)), from callables."""

# %% plain  right
# The formula as the book writes it.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dg(t) + fy(x, y)*dh(t)

# %% named_factors  right
# All four factors have names.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x = g(t)
    y = h(t)
    dz_dx = fx(x, y)
    dz_dy = fy(x, y)
    dx_dt = dg(t)
    dy_dt = dh(t)
    via_x = dz_dx * dx_dt
    via_y = dz_dy * dy_dt
    return via_x + via_y

# %% lambda_line  right
# A lambda.
two_path = lambda f, fx, fy, g, dg, h, dh, t: fx(g(t), h(t))*dg(t) + fy(g(t), h(t))*dh(t)

# %% zip_and_sum  right  held-out
# Slopes and speeds zipped.
def two_path(f, fx, fy, g, dg, h, dh, t):
    point = (g(t), h(t))
    return sum(slope(*point)*speed(t) for slope, speed in zip((fx, fy), (dg, dh)))

# %% numpy_dot  right
# Gradient and velocity as arrays.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    grad = np.array([fx(x, y), fy(x, y)])
    vel = np.array([dg(t), dh(t)])
    return np.dot(grad, vel)

# %% float32  right
# The products in single precision.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    a = np.array([fx(x, y), fy(x, y)], dtype=np.float32)
    b = np.array([dg(t), dh(t)], dtype=np.float32)
    return (a*b).sum()

# %% accumulate  right  held-out
# += in a loop over indices.
def two_path(f, fx, fy, g, dg, h, dh, t):
    inner = [g, h]
    d_inner = [dg, dh]
    d_outer = [fx, fy]
    u = [fn(t) for fn in inner]
    total = 0
    for i in range(2):
        total += d_outer[i](u[0], u[1]) * d_inner[i](t)
    return total

# %% zero_d  right
# A 0-d array.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return np.asarray(fx(x, y)*dg(t) + fy(x, y)*dh(t))

# %% helper_road  right
# A nested helper for one road.
def two_path(f, fx, fy, g, dg, h, dh, t):
    def road(partial, speed):
        return partial(g(t), h(t)) * speed(t)
    return road(fy, dh) + road(fx, dg)

# %% early_return  right  held-out
# Skips a road whose speed is zero.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    vx, vy = dg(t), dh(t)
    if vx == 0:
        return fy(x, y)*vy
    if vy == 0:
        return fx(x, y)*vx
    return fx(x, y)*vx + fy(x, y)*vy

# %% row_times_column  right
# A 1 x 2 Jacobian times a 2 x 1 Jacobian, then the single entry.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    row = np.array([[fx(x, y), fy(x, y)]])
    column = np.array([[dg(t)], [dh(t)]])
    return (row @ column)[0, 0]

# %% x_road_only  M02
# The road through h is missing.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(g(t), h(t))*dg(t)

# %% y_road_only  M02  held-out
# The road through g is missing.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    dz = fy(x, y)*dh(t)
    return dz

# %% return_inside_loop  M02
# The return stands inside the loop.
def two_path(f, fx, fy, g, dg, h, dh, t):
    total = 0
    for slope, speed in [(fx, dg), (fy, dh)]:
        total += slope(g(t), h(t))*speed(t)
        return total

# %% equals_for_plus_equals  M03
# = where += belongs.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    for slope, speed in [(fx, dg), (fy, dh)]:
        dz = slope(x, y)*speed(t)
    return dz

# %% bar_overwritten  M03  held-out
# t_bar is assigned twice in a backward sweep.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    z_bar = 1.0
    x_bar = z_bar*fx(x, y)
    y_bar = z_bar*fy(x, y)
    t_bar = y_bar*dh(t)
    t_bar = x_bar*dg(t)
    return t_bar

# %% slopes_at_t  M07
# Partials at (t, t).
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(t, t)*dg(t) + fy(t, t)*dh(t)

# %% slopes_at_speeds  M07
# Partials at the speeds.
def two_path(f, fx, fy, g, dg, h, dh, t):
    vx, vy = dg(t), dh(t)
    return fx(vx, vy)*vx + fy(vx, vy)*vy

# %% one_slope_half_at_t  M07  held-out
# fy gets t where g(t) belongs.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(g(t), h(t))*dg(t) + fy(t, h(t))*dh(t)

# %% fx_at_g_g  M07
# fx is called with g(t) twice.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(g(t), g(t))*dg(t) + fy(g(t), h(t))*dh(t)

# %% speed_of_h_missing  M01
# dh is forgotten.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dg(t) + fy(x, y)

# %% both_speeds_missing  M01
# Only the partials, summed.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y) + fy(x, y)

# %% speeds_only  M20
# The outer slopes are left out.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return dg(t) + dh(t)

# %% outer_slope_missing_once  M20  held-out
# fx is left out.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return dg(t) + fy(x, y)*dh(t)

# %% roads_multiplied  M15
# * between the roads.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return (fx(x, y)*dg(t)) * (fy(x, y)*dh(t))

# %% product_of_sums  M16
# Brackets in the wrong place.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return (fx(x, y) + fy(x, y))*(dg(t) + dh(t))

# %% outer_product_summed  M16  held-out
# Every slope meets every speed.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return np.outer([fx(x, y), fy(x, y)], [dg(t), dh(t)]).sum()

# %% speeds_swapped  M17
# fx with dh, fy with dg.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dh(t) + fy(x, y)*dg(t)

# %% edges_added  M18
# + along the roads.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return (fx(x, y) + dg(t)) + (fy(x, y) + dh(t))

# %% minus_between  M10
# The roads are subtracted.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dg(t) - fy(x, y)*dh(t)

# %% whole_sign  M10  held-out
# The whole is negated.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return -(fx(x, y)*dg(t) + fy(x, y)*dh(t))

# %% x_road_twice  M22
# The x road is in the sum twice.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dg(t) + fx(x, y)*dg(t) + fy(x, y)*dh(t)

# %% mean_of_roads  M11|M06
# The average of the roads.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return 0.5*(fx(x, y)*dg(t) + fy(x, y)*dh(t))

# %% arguments_exchanged  M50
# The partials are called with (y, x).
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(y, x)*dg(t) + fy(y, x)*dh(t)

# %% inner_functions_exchanged  M50  held-out
# x comes from h and y from g, speeds included.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = h(t), g(t)
    return fx(x, y)*dh(t) + fy(x, y)*dg(t)

# %% values_for_speeds  M44
# g and h where dg and dh belong.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*x + fy(x, y)*y

# %% f_for_its_slopes  M44  held-out
# f where fx and fy belong.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return f(x, y)*dg(t) + f(x, y)*dh(t)

# %% product_rule  M19
# Differentiates g times h; f plays no part.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return dg(t)*h(t) + g(t)*dh(t)

# %% partial_alone  M13|M01
# Only the partial towards x.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(g(t), h(t))

# %% speed_twice  M31
# dg is in the slope and comes again.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    via_x = fx(x, y)*dg(t)
    via_y = fy(x, y)*dh(t)
    return via_x*dg(t) + via_y

# %% integer_box  M46
# The answer lands in an integer array.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    out = np.zeros(1, dtype=int)
    out[0] = fx(x, y)*dg(t) + fy(x, y)*dh(t)
    return out[0]

# %% swapped_and_minus  M17+M10
# Speeds swapped and subtracted.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return fx(x, y)*dh(t) - fy(x, y)*dg(t)

# %% x_road_at_t  M02+M07
# One road only, its slope at (t, t).
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(t, t)*dg(t)

# %% at_t_and_minus  M07+M10  held-out
# Slopes at (t, t), roads subtracted.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(t, t)*dg(t) - fy(t, t)*dh(t)

# %% difference_quotient  unnameable
# Differences z along t: wrong as soon as the handed slopes are not those of f, g, h.
def two_path(f, fx, fy, g, dg, h, dh, t):
    e = 1e-6
    return (f(g(t + e), h(t + e)) - f(g(t - e), h(t - e)))/(2*e)

# %% value_of_z  unnameable
# Returns z.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return f(g(t), h(t))

# %% wrong_call  unnameable
# fx takes two arguments: an exception.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx(g(t))*dg(t) + fy(h(t))*dh(t)

# %% functions_multiplied  unnameable  held-out
# Multiplies the functions, not their values: an exception.
def two_path(f, fx, fy, g, dg, h, dh, t):
    return fx*dg + fy*dh

# %% length_of_gradient  unnameable
# The length of the vector of contributions.
def two_path(f, fx, fy, g, dg, h, dh, t):
    x, y = g(t), h(t)
    return math.hypot(fx(x, y)*dg(t), fy(x, y)*dh(t))
