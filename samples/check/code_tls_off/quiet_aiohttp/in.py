import aiohttp


async def fetch(session: aiohttp.ClientSession, context):
    return await session.get("https://ti.example.org", ssl=context)
