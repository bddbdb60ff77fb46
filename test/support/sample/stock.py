"""How many copies of a book are left, and when to order more."""

from collections import deque
from datetime import date, timedelta


class StockLevel:
    """Counts copies and remembers the sales of the last four weeks."""

    def __init__(self, copies: int, delivery_days: int = 5) -> None:
        self.copies = copies
        self.delivery_days = delivery_days
        self._sales: deque[tuple[date, int]] = deque()

    def sell(self, count: int, day: date) -> None:
        if count > self.copies:
            raise ValueError(f"only {self.copies} copies left")
        self.copies -= count
        self._sales.append((day, count))
        while self._sales and self._sales[0][0] < day - timedelta(weeks=4):
            self._sales.popleft()

    def per_day(self) -> float:
        """Average copies sold per day, over the days that have been recorded."""
        if not self._sales:
            return 0.0
        days = (self._sales[-1][0] - self._sales[0][0]).days + 1
        return sum(count for _, count in self._sales) / days

    def should_order(self) -> bool:
        """True when the stock would run out before a delivery could arrive."""
        return self.copies <= self.per_day() * self.delivery_days
