"""The inside of a sandboxed Jupyter kernel: give up every right, then be an ordinary ipykernel."""

import json
import sys


def main():
    sys.path.insert(0, "/rt")
    import runner

    spec = json.loads(sys.argv.pop(1))
    runner.be_expendable()
    runner.confine(spec["limits"], spec["uid"])
    sys.path[:] = [path for path in sys.path if path != "/rt"] + spec["path"]
    import site

    site.sethelper()
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
