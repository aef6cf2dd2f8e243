"""A kernel answers with a whole page a few times at once, and again after a while; everything else always."""

from types import SimpleNamespace

from workbench.presentation.serving.sparing import answer_sparingly


def test_whole_pages_are_few_and_other_messages_are_not():
    now, heard = [0.0], []
    kernel = SimpleNamespace(shell_handlers={"comm_msg": lambda _, __, msg: heard.append(msg)})
    answer_sparingly(kernel, clock=lambda: now[0])

    def send(data, times):
        heard.clear()
        for _ in range(times):
            kernel.shell_handlers["comm_msg"](None, None, {"content": {"data": data}})
        return len(heard)

    assert send({"method": "request_states"}, 50) == 6
    assert send({"method": "request_state"}, 50) == 0, "both count as one kind"
    assert send({"method": "update"}, 50) == 50
    assert [send(odd, 1) for odd in (None, [], "request_states", {})] == [1, 1, 1, 1]
    now[0] += 25
    assert send({"method": "request_state"}, 50) == 2
    now[0] += 3600
    assert send({"method": "request_states"}, 50) == 6
