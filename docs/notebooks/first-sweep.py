# %% [markdown]
# # A first sweep
#
# Define a circuit, see what it would cost, sweep it, ask the lake, and plot. Jupyter with jupytext,
# VS Code and PyCharm open this file as a notebook; run it from top to bottom. Nothing here needs an
# account: `emulator:garnet` is a 20-qubit device, emulated from its own calibration.

# %% [markdown]
# ## Define
#
# A circuit with a free parameter, where it is measured, and what is estimated there. OpenQASM text
# or a file of it would do as well.

# %%
from braket.circuits import Circuit, FreeParameter

theta = FreeParameter("theta")
circuit = Circuit().ry(0, theta).cnot(0, 1)
points = "theta=0:2pi:40"
observables = ["Z0*Z1", "X0*X1", "Z0"]
target = "emulator:garnet"
shots = 500

# %% [markdown]
# ## Quote
#
# `Z0*Z1` and `Z0` are read from the same shots, `X0*X1` needs its own: two circuits at each point.
# The price is the device's published one; the emulator itself is free. Nothing is bought by asking.

# %%
from deployments.notebook import quote

asked = {"points": points, "observables": observables, "target": target, "shots": shots}
quoted = quote(circuit, **asked)
quoted

# %% [markdown]
# Every target that could do it, with its price, its fidelity and how long it would take:

# %%
quoted.table()[["target", "cost_usd", "at_most_usd", "fidelity", "result_s"]]

# %% [markdown]
# ## Sweep
#
# It runs here and now. The same sweep again measures nothing: the lake has its values.

# %%
from deployments.notebook import sweep

run = sweep(circuit, **asked)
run

# %% [markdown]
# ## Query
#
# The values as a pandas table; and the lake in SQL, with everything that led to them.

# %%
values = run.table()
values.head()

# %%
from datasets.home import home
from datasets.lake.views import query

spread = query(
    home().lake,
    f"""
    SELECT observable, min(value) AS least, max(value) AS most, avg(stderr) AS stderr
    FROM estimates WHERE run_id = '{run.run_id}' GROUP BY observable ORDER BY observable
    """,
).records()
spread

# %% [markdown]
# ## Plot
#
# The line is what the emulated device returned, the band one standard error. Without noise `Z0` is
# the cosine of theta.

# %%
run.plot("Z0")

# %% [markdown]
# The report has all plots; `qrt show RUN` has the trace of this run.

# %%
print(run.answer["report"])
