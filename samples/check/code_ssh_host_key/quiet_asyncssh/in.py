import asyncssh


async def connect():
    return await asyncssh.connect("bastion", known_hosts="hosts")
