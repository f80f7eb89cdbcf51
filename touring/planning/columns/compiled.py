"""The loops of completion and pricing, compiled by Numba; who calls them says what they compute.

Unfinished seasons are rows of two arrays, numbered as they are made: their numbers in the order
of :data:`WHOLE`, and what they earned, their kilometres and the bound on their finished value.
"""

import numba
import numpy as np

WHOLE = 9  # span, place (R: home), day, state, depth, before, begins, need, is done
SPAN, PLACE, DAY, STATE, DEPTH, BEFORE, BEGINS, NEED, DONE = range(WHOLE)
_EARNED, _KM, _BOUND = range(3)


@numba.njit(cache=True, nogil=True)
def sweep(
    offset, first, days, earned, starts, lengths, wait, home, cost, back_wait, back_cost,
    needs, need_profit, returns, horizon, arriving, leaving, resting,
):  # fmt: skip
    """From the last day to the first, one span after the other; fills the three tables."""
    states, n, done = resting.shape[0], len(lengths), resting.shape[0] - 1
    at_home = np.full((states, horizon), -np.inf)
    crossing = np.full(states, -np.inf)
    staying = np.full((states, n), -np.inf)
    for span in range(len(first) - 1, -1, -1):
        top, last = offset[span], days[span]
        waiting = np.full((states, n), -np.inf)
        homing = np.full((states, last + 2 + horizon), -np.inf)
        if not returns:
            for m in range(states):
                for day in range(last + 1, last + 2 + horizon):
                    if first[span] + day < horizon:
                        homing[m, day] = at_home[m, first[span] + day]
        for t in range(last, -1, -1):
            row = top + t
            for m in range(states):
                for r in range(n):
                    most = -np.inf
                    if earned[row, r] > -np.inf:
                        most = earned[row, r] + leaving[m, row + lengths[r], r]
                    arriving[m, row, r] = most
                    if most > waiting[m, r]:
                        waiting[m, r] = most
                        on = t - wait[n, r]
                        if on >= 0:
                            resting[m, top + on] = max(resting[m, top + on], most - cost[n, r])
                        for i in range(n):
                            on = t - back_wait[r, i]
                            if on >= 0:
                                worth = most - back_cost[r, i]
                                if worth > leaving[m, top + on, i]:
                                    leaving[m, top + on, i] = worth
            for m in range(states):
                best = homing[m, t + 1]
                if returns:
                    best = max(best, crossing[m])
                for j in range(len(needs)):
                    if not m >> j & 1 and starts[j, row] == t:
                        best = max(best, resting[m | 1 << j, row + needs[j]] + need_profit[j])
                homing[m, t] = best
                free = max(resting[m, row], best, crossing[m])
                if m == done:
                    free = max(free, 0.0)
                if t < last:
                    free = max(free, resting[m, row + 1])
                resting[m, row] = free
            for m in range(states):
                for r in range(n):
                    most = leaving[m, row, r]
                    if t < last:
                        most = max(most, leaving[m, row + 1, r])
                    back = t + home[r]
                    if not returns:
                        most = max(most, homing[m, back] - cost[r, n], staying[m, r])
                        if m == done:
                            most = max(most, 0.0)
                    elif back <= last:
                        most = max(most, homing[m, back] - cost[r, n])
                        if m == done:
                            most = max(most, -cost[r, n])
                    leaving[m, row, r] = most
        arriving[:, top + last + 1] = -np.inf
        for m in range(states):
            crossing[m] = resting[m, top]
            for r in range(n):
                staying[m, r] = leaving[m, top, r]
            for day in range(min(first[span], horizon)):
                at_home[m, day] = homing[m, 0]
            for day in range(last + 1):
                if first[span] + day < horizon:
                    at_home[m, first[span] + day] = homing[m, day]


@numba.njit(cache=True)
def segments(offset, days, earned, n):
    """Per span and request, days of arrival ``[first, end)`` of equal profit, one after the other.

    Within one of them the first day is the best: whatever follows can follow a day earlier.
    """
    pointers = np.zeros(len(offset) * n + 1, dtype=np.int32)
    count = 0
    for twice in range(2):
        if twice:
            firsts, ends = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
        else:
            firsts, ends = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
        count = 0
        for span in range(len(offset)):
            for r in range(n):
                before = -np.inf
                for t in range(days[span] + 1):
                    now = earned[offset[span] + t, r]
                    if now != before:
                        if before > -np.inf and twice:
                            ends[count - 1] = t
                        if now > -np.inf:
                            if twice:
                                firsts[count] = t
                            count += 1
                    before = now
                if before > -np.inf and twice:
                    ends[count - 1] = days[span] + 1
                pointers[span * n + r + 1] = count
    return pointers, firsts, ends


@numba.njit(cache=True)
def _goes_before(bounds, one, two):
    """Is a label taken up before another? The greater bound, then the older label."""
    if bounds[one, 2] != bounds[two, 2]:
        return bounds[one, 2] > bounds[two, 2]
    return one < two


@numba.njit(cache=True)
def _push(heap, size, real, label):
    at = size
    while at:
        above = (at - 1) >> 1
        if not _goes_before(real, label, heap[above]):
            break
        heap[at] = heap[above]
        at = above
    heap[at] = label
    return size + 1


@numba.njit(cache=True)
def _pop(heap, size, real):
    """Take the first label out; the heap holds one less afterwards."""
    size -= 1
    moved, at = heap[size], 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and _goes_before(real, heap[below + 1], heap[below]):
            below += 1
        if not _goes_before(real, heap[below], moved):
            break
        heap[at] = heap[below]
        at = below
    heap[at] = moved
    return size


@numba.njit(cache=True)
def _is_dominated(whole, real, served, label, other, older, has_limit):
    """Has one with fewer requests barred stood there by an earlier day, for more and nearer?"""
    while other >= 0:
        is_better = whole[other, DAY] <= whole[label, DAY]
        is_better &= real[other, _EARNED] >= real[label, _EARNED]
        if is_better and has_limit:
            is_better = real[other, _KM] <= real[label, _KM]
        if is_better:
            for word in range(served.shape[1]):
                if served[other, word] & ~served[label, word]:
                    is_better = False
                    break
        if is_better:
            return True
        other = older[other]
    return False


@numba.njit(cache=True)
def _is_too_near(whole, label, r, opens, gapped, stays):
    """Does the gap to an earlier stop of the season in the same place group fail?"""
    while label >= 0:
        if whole[label, BEGINS] >= 0 and whole[label, NEED] < 0:
            place = whole[label, PLACE]
            gap = gapped[place, r]
            if gap and opens - (whole[label, BEGINS] + stays[place]) < gap:
                return True
        label = whole[label, BEFORE]
    return False


@numba.njit(cache=True)
def _set_down(whole, label, span, place, day, state, depth, before, begins, need, done):
    whole[label, SPAN], whole[label, PLACE], whole[label, DAY] = span, place, day
    whole[label, STATE], whole[label, DEPTH], whole[label, BEFORE] = state, depth, before
    whole[label, BEGINS], whole[label, NEED], whole[label, DONE] = begins, need, done


@numba.njit(cache=True, nogil=True)
def search(
    offset, first, days, starts, lengths, wait, home, cost, km, needs, need_profit,
    returns, setup, gapped, has_gaps, stays, excludes, max_km, earned, arriving, leaving, resting,
    root_bound, pointers, firsts, ends, above, width, most, wanted, over, whole, real, served,
):  # fmt: skip
    """Numbers of the finished labels, what none exceeds, and what the best of them earned.

    Another thread may set ``over``: the search then ends, and what it leaves counts with its bound.
    """
    n, spans, room, words = len(lengths), len(first), len(whole), served.shape[1]
    all_done, has_limit = (1 << len(needs)) - 1, max_km < np.inf
    heap = np.empty(room, dtype=np.int32)
    slots = spans * (n + 1) * (all_done + 1)
    newest = np.full(slots, -1, dtype=np.int32)  # taken up at a place: a list by `older`
    older = np.full(room, -1, dtype=np.int32)
    taken = np.zeros(room + 1, dtype=np.int32)
    finished = np.empty(wanted, dtype=np.int32)
    size = labels = count = found = 0
    best, passed_over = -np.inf, above
    limit = room - (n + 1) * 8 - 64  # what one label can lead to fits behind it

    _set_down(whole, 0, 0, n, 0, 0, 0, -1, -1, -1, 0)
    real[0, _EARNED], real[0, _KM], real[0, _BOUND] = 0.0, 0.0, root_bound
    labels, size = 1, _push(heap, 0, real, 0)
    while size and count < most and found < wanted and labels < limit and not over[0]:
        label = heap[0]
        size = _pop(heap, size, real)
        span, place, day = whole[label, SPAN], whole[label, PLACE], whole[label, DAY]
        state, depth = whole[label, STATE], whole[label, DEPTH]
        if whole[label, DONE]:
            if best == -np.inf:
                best = real[label, _BOUND]
            finished[found] = whole[label, BEFORE]
            found += 1
            continue
        if taken[depth] >= width:
            passed_over = max(passed_over, real[label, _BOUND])
            continue
        if not has_gaps:
            slot = (span * (n + 1) + place) * (all_done + 1) + state
            if _is_dominated(whole, real, served, label, newest[slot], older, has_limit):
                continue
            older[label] = newest[slot]
            newest[slot] = label
        taken[depth] += 1
        count += 1
        worth, road, top = real[label, _EARNED], real[label, _KM], offset[span]

        # serve one more request
        for r in range(n):
            if served[label, r >> 6] >> np.uint64(r & 63) & np.uint64(1):
                continue
            step_km = road + km[place, r]
            if step_km > max_km:
                continue
            earliest, reduced = day + wait[place, r], worth - cost[place, r]
            if reduced == -np.inf or earliest > days[span]:
                continue
            for segment in range(pointers[span * n + r], pointers[span * n + r + 1]):
                on = max(earliest, firsts[segment])
                if on >= ends[segment]:
                    continue
                bound = reduced + arriving[state, top + on, r]
                if has_gaps:
                    while bound > above and _is_too_near(
                        whole, label, r, first[span] + on + setup, gapped, stays
                    ):
                        on += 1
                        if on >= ends[segment]:
                            break
                        bound = reduced + arriving[state, top + on, r]
                    if on >= ends[segment]:
                        continue
                if bound <= above or labels >= room - 2 or taken[depth + 1] >= width:
                    if bound > above:
                        passed_over = max(passed_over, bound)
                    continue
                _set_down(
                    whole,
                    labels,
                    span,
                    r,
                    on + lengths[r],
                    state,
                    depth + 1,
                    label,
                    first[span] + on + setup,
                    -1,
                    0,
                )
                real[labels, _EARNED] = reduced + earned[top + on, r]
                real[labels, _KM], real[labels, _BOUND] = step_km, bound
                for word in range(words):
                    served[labels, word] = served[label, word] | excludes[r, word]
                size = _push(heap, size, real, labels)
                labels += 1

        # come home: for a need, for the next span, for good
        is_away = place != n
        back = day + (home[place] if is_away else 0)
        cost_home = cost[place, n] if is_away else 0.0
        km_home = road + (km[place, n] if is_away else 0.0)
        for other in range(span, spans if is_away and not returns else span + 1):
            on = max(0, first[span] + back - first[other])
            if on > days[other]:
                continue
            for j in range(len(needs)):
                start = starts[j, offset[other] + on]
                if state >> j & 1 or start > days[other]:
                    continue
                then, new = start + needs[j], state | 1 << j
                gain = worth + need_profit[j] - cost_home
                bound = gain + resting[new, offset[other] + then]
                if bound <= above or labels >= room - 2:
                    if bound > above:
                        passed_over = max(passed_over, bound)
                    continue
                _set_down(
                    whole, labels, other, n, then, new, depth + 1, label, first[other] + start, j, 0
                )
                real[labels, _EARNED], real[labels, _KM] = gain, km_home
                real[labels, _BOUND] = bound
                served[labels] = served[label]
                size = _push(heap, size, real, labels)
                labels += 1
        if span + 1 < spans and (not returns or back <= days[span]):
            stays_out = is_away and not returns
            gain = worth if stays_out else worth - cost_home
            next_top = offset[span + 1]
            bound = gain + (
                leaving[state, next_top, place] if stays_out else resting[state, next_top]
            )
            if bound > above:
                if labels >= room - 2:
                    passed_over = max(passed_over, bound)
                else:
                    _set_down(
                        whole,
                        labels,
                        span + 1,
                        place if stays_out else n,
                        0,
                        state,
                        depth + 1,
                        label,
                        -1,
                        -1,
                        0,
                    )
                    real[labels, _EARNED] = gain
                    real[labels, _KM] = road if stays_out else km_home
                    real[labels, _BOUND] = bound
                    served[labels] = served[label]
                    size = _push(heap, size, real, labels)
                    labels += 1
        if state == all_done and depth:
            gain, total = worth, road
            if returns and is_away:
                gain, total = worth - cost_home, km_home
            if (not returns or not is_away or back <= days[span]) and total <= max_km:
                if gain > above and labels < room - 1:
                    _set_down(
                        whole,
                        labels,
                        span,
                        place,
                        day,
                        state,
                        depth,
                        label,
                        -1,
                        -1,
                        1,
                    )
                    real[labels, _EARNED], real[labels, _KM], real[labels, _BOUND] = (
                        gain, total, gain,
                    )  # fmt: skip
                    size = _push(heap, size, real, labels)
                    labels += 1
                elif gain > above:
                    passed_over = max(passed_over, gain)
    left = real[heap[0], _BOUND] if size else above
    bound = max(passed_over, left, above if best == -np.inf else best)
    return finished[:found], bound, best
