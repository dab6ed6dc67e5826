import aiohttp


async def fetch(session: aiohttp.ClientSession):
    return await session.get("https://ti.example.org", ssl=False)
