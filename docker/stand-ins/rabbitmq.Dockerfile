# The public `rabbitmq` image's outside (variables, ports, volume, tools on the path) over Debian's packages.
ARG PACKAGES
FROM ${PACKAGES}
# The scripts themselves and not Debian's wrappers on the path, which change the user with su and drop the environment.
ENV PATH=/usr/lib/rabbitmq/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LANG=C.UTF-8 LC_ALL=C.UTF-8 \
    HOME=/var/lib/rabbitmq \
    RABBITMQ_LOGS=-
COPY --chmod=0755 rabbitmq-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
# Management as in the -management variant, which the tests need; guest may come from other hosts, as in the public
# image; no cookie of the package's, so that each container makes its own.
RUN echo '[rabbitmq_management].' >/etc/rabbitmq/enabled_plugins \
    && mkdir -p /etc/rabbitmq/conf.d \
    && echo 'loopback_users.guest = false' >/etc/rabbitmq/conf.d/10-defaults.conf \
    && rm -f /var/lib/rabbitmq/.erlang.cookie
VOLUME /var/lib/rabbitmq
EXPOSE 4369 5671 5672 15672 25672
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
