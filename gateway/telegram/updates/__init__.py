"""What people send to the bot: from Telegram's updates to the signals of their sessions. Pure routing."""
