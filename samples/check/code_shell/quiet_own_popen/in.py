from rooms import Popen as start


def ping(host):
    return start("ping -c1 %s" % host, shell=True)


ping(input("host? "))
