"""What keeps strangers, other sites and greedy clients out."""
