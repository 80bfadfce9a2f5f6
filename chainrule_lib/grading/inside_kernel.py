"""The inside of a sandboxed Jupyter kernel: give up every right, then be an ordinary ipykernel."""

import json
import sys


def unjudged(*args, **kwargs):
    """No judge sees what happens here, and to stock nbgrader a check cell that shows nothing has full marks."""
    raise RuntimeError(
        "nobody judges in this kernel, so this cell earns nothing. Grade with: chainrule grade, or nbgrader autograde "
        "with the preprocessors of the course's nbgrader_config.py"
    )


def main():
    sys.path.insert(0, "/rt")
    import runner

    spec = json.loads(sys.argv.pop(1))
    runner.be_expendable()
    runner.confine(spec["limits"], spec["uid"])
    sys.path[:] = [path for path in sys.path if path != "/rt"] + spec["path"]
    import site

    site.sethelper()
    import chainrule_lib  # the quiet one

    chainrule_lib.check = unjudged
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
