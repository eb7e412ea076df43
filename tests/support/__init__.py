"""What several tests share: reference implementations, strategies, servers, and running commands."""
