"""A pool without processes: what is given is done when it is taken, in this process."""

from collections import deque


class Inline:
    workers = 1

    def __init__(self, desk, workers):
        self.desk, self.todo = desk, deque()

    @property
    def room(self):
        return 2 - len(self.todo)

    def give(self, batch):
        self.todo.append(batch)

    def take(self):
        batch = self.todo.popleft()
        return batch, getattr(self.desk, batch.what)(batch.items)

    def close(self, kill=False):
        pass
