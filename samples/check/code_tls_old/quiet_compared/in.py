import ssl


def is_old(version):
    return version == ssl.TLSVersion.TLSv1
